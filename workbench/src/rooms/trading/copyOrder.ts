import type { Order } from "../../api/generated/api";
import { toTsv } from "../../kit/tsv";

const COPIED = [
  "order_id",
  "security_id",
  "security_description",
  "side",
  "quantity",
  "filled_quantity",
  "average_price",
  "status",
  "allocation_state",
  "settlement_date",
  "created_by",
  "created_at",
  "allocation_id",
] as const;

/** Copy one order for a spreadsheet: a header and a row. */
export async function copyOrder(order: Order): Promise<void> {
  await navigator.clipboard.writeText(toTsv([COPIED, COPIED.map((name) => order[name])]));
}
