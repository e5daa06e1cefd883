import type { AllocationState, Order } from "../../api/generated/api";
import { face } from "../../kit/format";

/** Aladdin's word for an order that it does not show, in words of a desk; every other word is Aladdin's own. */
export function statusWords(status: string): string {
  if (status === "UNREPORTED") return "Not shown by Aladdin";
  if (status === "Compl Pending") return "Compliance pending";
  return status;
}

export const STATE_WORDS: Record<AllocationState, string> = {
  PROVISIONAL: "Provisional",
  OF_RECORD: "Of record",
  DIFFERENT: "! Different",
};

export const STATE_HELP: Record<AllocationState, string> = {
  PROVISIONAL: "The order works: fills are shared by this service until Aladdin has booked them.",
  OF_RECORD: "The order is over, and fills are as Aladdin has booked them.",
  DIFFERENT:
    "The order is over, and what Aladdin has booked does not add up to what is filled. Ask operations before relying on these numbers.",
};

/** Whether Aladdin may still fill the order, as far as was seen. */
export function isWorking(order: Pick<Order, "allocation_state">): boolean {
  return order.allocation_state === "PROVISIONAL";
}

/** The filled part of the order as a fraction between 0 and 1; null where Aladdin does not say. */
export function filledShare(order: Pick<Order, "quantity" | "filled_quantity">): number | null {
  if (order.filled_quantity === null) return null;
  if (order.quantity <= 0) return order.filled_quantity > 0 ? 1 : 0;
  return Math.min(1, Math.max(0, order.filled_quantity / order.quantity));
}

export function filledWords(order: Pick<Order, "quantity" | "filled_quantity">): string {
  if (order.filled_quantity === null) return "not known";
  // Rounded down: 100 % is said of nothing that is not filled whole.
  return `${face(order.filled_quantity)} (${Math.floor((filledShare(order) ?? 0) * 100 + 1e-9)}%)`;
}

/** Totals of orders, in words: pinned rows are not read out, and bonds of several currencies do not add up. */
export function totalsWords(orders: readonly Order[]): string {
  const working = orders.filter(isWorking).length;
  const different = orders.filter((order) => order.allocation_state === "DIFFERENT").length;
  const parts = [
    `${orders.length.toLocaleString("en-US")} ${orders.length === 1 ? "order" : "orders"}`,
    `${working.toLocaleString("en-US")} working`,
  ];
  if (different > 0) parts.push(`${different.toLocaleString("en-US")} different from Aladdin's booking`);
  return parts.join(", ");
}

/** What became of a change whose answer was lost, by the order before, what was asked for, and the order now. */
export type LostOutcome = "DONE" | "UNCHANGED" | "OTHERWISE";

export function lostChange(
  before: Pick<Order, "quantity" | "touch_count">,
  wanted: number,
  now: Pick<Order, "quantity" | "touch_count">,
): LostOutcome {
  if (now.quantity === wanted && now.quantity !== before.quantity) return "DONE";
  if (now.quantity === before.quantity && now.touch_count === before.touch_count) return "UNCHANGED";
  return "OTHERWISE";
}
