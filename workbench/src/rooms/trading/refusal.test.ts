import { acceptedFace, shortAccounts } from "./refusal";

const refused = (code: string, members: object) => ({
  status: 409,
  data: { code, title: code, status: 409, errors: [], ...members },
});

test("a face that would be accepted is named, unless it is the present one", () => {
  expect(acceptedFace(refused("BOOK_CHANGED", { max_total: 3_500_000 }), 700_000)).toBe(3_500_000);
  expect(acceptedFace(refused("BOOK_CHANGED", { max_total: 700_000 }), 700_000)).toBeNull();
  expect(acceptedFace(refused("CONFLICT", { min_quantity: 400_000 }), 1_000_000)).toBe(400_000);
  expect(acceptedFace(refused("CONFLICT", { touch_count: 4 }), 1_000_000)).toBeNull();
  expect(acceptedFace({ status: "FETCH_ERROR", error: "" }, 1_000_000)).toBeNull();
});

test("accounts that cannot take their part", () => {
  const accounts = [
    { account_id: "A", additional_quantity: 943_000, max_quantity: 800_000 },
    { account_id: "B", additional_quantity: 400_000, max_quantity: 400_000 },
  ];
  expect(shortAccounts(refused("BOOK_CHANGED", { accounts })).map(({ account_id }) => account_id)).toEqual([
    "A",
  ]);
  expect(shortAccounts(refused("DESK_BUSY", { accounts }))).toEqual([]);
});
