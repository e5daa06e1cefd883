import type { Draft } from "../draftSlice";

export const BEGIN_ORDER_EVENT = "allocator:begin-order";

/**
 * Begin an order, empty or with some fields, and open step 1; asks first where that would throw another order away.
 * By an event, so that the frame alone has the question.
 */
export function beginOrder(fields?: Partial<Draft>): void {
  window.dispatchEvent(new CustomEvent(BEGIN_ORDER_EVENT, { detail: fields ?? null }));
}
