import type { CapacityRequest, Desk, OrderCapacity, OrderRequest, Side } from "../../../api/generated/api";
import { readDate } from "../../../kit/dates";
import { face } from "../../../kit/format";
import type { Draft } from "../draftSlice";

/** The most face that the service reads: what groups could take of any order. */
const MOST_FACE = 1_000_000_000_000;
/** Groups that one question may name. */
const MOST_GROUPS = 100;

type Asked = Pick<
  Draft,
  | "security"
  | "side"
  | "sizeKind"
  | "size"
  | "settlementDate"
  | "price"
  | "priceText"
  | "groups"
  | "constraints"
>;

/** Whether date and price are what they will be: half of a date is not asked about. */
function termsAreRead({ settlementDate, price, priceText }: Asked): boolean {
  return (
    (settlementDate === null || readDate(settlementDate) !== null) && (price !== null || !priceText.trim())
  );
}

function orderOf(
  draft: Asked,
  size: Pick<OrderRequest, "quantity" | "notional" | "percent_of_nav">,
): OrderRequest | null {
  if (!draft.security || !termsAreRead(draft)) return null;
  return {
    security_id: draft.security.cusip,
    side: draft.side,
    ...size,
    ...(draft.settlementDate ? { settlement_date: draft.settlementDate } : {}),
    ...(draft.price === null ? {} : { price: draft.price }),
  };
}

/** This very order with the chosen groups: what they could take together, its face and date. */
export function chosenRequest(draft: Asked): CapacityRequest | null {
  if (draft.size === null || draft.groups.length === 0) return null;
  const order = orderOf(draft, { [draft.sizeKind]: draft.size });
  return order && { order, portfolio_groups: draft.groups, constraints: draft.constraints };
}

/** What each group could take, chosen or not: of the face that is typed, else of any order. */
export function everyGroupRequest(
  draft: Asked,
  groups: readonly string[],
  desk: Desk | undefined,
): CapacityRequest | null {
  if (groups.length === 0) return null;
  const typed = draft.sizeKind === "quantity" ? draft.size : null;
  const order = orderOf(draft, { quantity: typed ?? desk?.max_quantity ?? MOST_FACE });
  return order && { order, portfolio_groups: groups.slice(0, MOST_GROUPS) };
}

/** What an account does with its part of an order. */
export function partIn(side: Side): string {
  return side === "SELL" ? "sell" : "take";
}

/** Whether the chosen groups could take the order, in words; `short` where they could not. */
export function capacityText(capacity: OrderCapacity): { text: string; short: boolean } {
  const wanted = capacity.order.total_quantity;
  const could = `The chosen groups could ${partIn(capacity.order.side)}`;
  if (capacity.capacity >= wanted) return { text: `${could} all of ${face(wanted)}.`, short: false };
  const left = face(wanted - capacity.capacity);
  const why = capacity.reason ? ` ${capacity.reason.message}.` : "";
  return {
    text: `${could} ${face(capacity.capacity)} of ${face(wanted)}: ${left} would stay unallocated.${why}`,
    short: true,
  };
}
