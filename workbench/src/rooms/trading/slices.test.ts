import { sliceTotals } from "./slices";

const slice = (quantity: number, filled: number | null, booked: number | null) => ({
  account_id: `A${quantity}`,
  previewed_quantity: 1_000,
  quantity,
  filled_quantity: filled,
  booked_quantity: booked,
  difference_quantity: filled === null || booked === null ? null : filled - booked,
});

test("totals by account, and what is not known of one account is not known of all", () => {
  expect(sliceTotals([slice(2_000, 500, 500), slice(3_000, 1_500, null)])).toEqual({
    previewed_quantity: 2_000,
    quantity: 5_000,
    filled_quantity: 2_000,
    booked_quantity: null,
    difference_quantity: null,
  });
});
