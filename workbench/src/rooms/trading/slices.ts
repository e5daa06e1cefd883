import type { OrderSlice } from "../../api/generated/api";

export type SliceTotals = Omit<OrderSlice, "account_id">;

/** A sum that is not known as soon as a part of it is not. */
function sum(values: readonly (number | null)[]): number | null {
  let total = 0;
  for (const value of values) {
    if (value === null) return null;
    total += value;
  }
  return total;
}

export function sliceTotals(slices: readonly OrderSlice[]): SliceTotals {
  const of = (field: keyof SliceTotals) => sum(slices.map((slice) => slice[field]));
  return {
    previewed_quantity: of("previewed_quantity") ?? 0,
    quantity: of("quantity") ?? 0,
    filled_quantity: of("filled_quantity"),
    booked_quantity: of("booked_quantity"),
    difference_quantity: of("difference_quantity"),
  };
}
