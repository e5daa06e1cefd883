import { limitsFault, wishesText, withPasted } from "./wishes";

test.each([
  [{}, [], "BUY", "None"],
  [
    {
      exclude_accounts: [
        { account_id: "A", reason: "x" },
        { account_id: "B", reason: "x" },
      ],
      cash_reserve: { percent_of_nav: 0.005 },
    },
    [],
    "BUY",
    "2 accounts excluded, 0.5 % of NAV stays in cash",
  ],
  [
    { cash_reserve: { amount: 250_000 } },
    [["A"]],
    "BUY",
    "1 tier served first, 250,000 stays in cash in each account",
  ],
  [{ cash_reserve: { amount: 250_000 }, leave_tradable: false }, [], "SELL", "Small rests may stay"],
  [
    { round_to: 100_000, round_to_above_only: true, min_allocation: 0 },
    [],
    "BUY",
    "Amounts above 100,000 are multiples of 100,000",
  ],
  [
    { compliance_check: false, account_limits: { A: { max: 0 } } },
    [],
    "BUY",
    "1 account with limits, compliance is not checked",
  ],
] as const)("wishes %#", (constraints, tiers, side, words) => {
  expect(wishesText(constraints as Parameters<typeof wishesText>[0], tiers, side)).toBe(words);
});

test("limits that contradict themselves are told by account", () => {
  expect(limitsFault({ A: { min: 2_000 }, B: { min: 5_000, max: 1_000 }, C: { fixed: 1, max: 2 } })).toBe(
    "B: the least, 5,000, is more than the most, 1,000. C: exactly so much goes with neither least nor most.",
  );
  expect(limitsFault({ A: { min: 1_000, max: 1_000 } })).toBeNull();
});

test("a pasted list adds to the excluded accounts with newer reasons, or replaces them", () => {
  const excluded = [
    { account_id: "A", reason: "old" },
    { account_id: "B", reason: "old" },
  ];
  const taken = { B: { reason: "new" }, C: { reason: "new" } };
  expect(withPasted(excluded, taken, false)).toEqual([
    { account_id: "A", reason: "old" },
    { account_id: "B", reason: "new" },
    { account_id: "C", reason: "new" },
  ]);
  expect(withPasted(excluded, taken, true)).toEqual([
    { account_id: "B", reason: "new" },
    { account_id: "C", reason: "new" },
  ]);
});
