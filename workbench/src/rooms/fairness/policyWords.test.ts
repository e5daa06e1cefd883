import { boundPieces, boundWords, type PolicyTerms, policyChanges, policyWords } from "./policyWords";

const DEFAULT: PolicyTerms = {
  mode: "PER_ORDER",
  weights: "NAV",
  stated_weights: {},
  scope: "GROUP",
  carry: "YEARLY_RESET",
  half_life_days: null,
  fairness_weight: null,
};

test("the policy of a desk that stated none", () => {
  expect(Object.values(policyWords(DEFAULT))).toEqual([
    "Each order is split by itself, unless its request says otherwise.",
    "Accounts are entitled in proportion to their net asset value.",
    "A ledger for each set of portfolio groups and each side.",
    "Balances begin each calendar year at zero.",
    "How much fairness counts against dispersion is chosen for each order, so that no debt outgrows a few pieces.",
  ]);
});

test("what a new version changes, and nothing else", () => {
  const after: PolicyTerms = {
    ...DEFAULT,
    mode: "LEDGER",
    weights: "STATED",
    stated_weights: { B: 2, A: 1 },
    carry: "HALF_LIFE",
    half_life_days: 30,
  };
  expect(policyChanges(DEFAULT, after)).toEqual([
    {
      name: "Split",
      before: "Each order is split by itself, unless its request says otherwise.",
      after: "Orders are split by what accounts are owed, unless their request says otherwise.",
    },
    {
      name: "Entitlement",
      before: "Accounts are entitled in proportion to their net asset value.",
      after: "Accounts are entitled in proportion to stated weights, of 2 accounts.",
    },
    {
      name: "Over time",
      before: "Balances begin each calendar year at zero.",
      after: "Balances halve in 30 days.",
    },
    { name: "Stated weights", before: "none", after: "A 1, B 2" },
  ]);
  expect(policyChanges(after, { ...after, stated_weights: { B: 3, A: 1 } })).toEqual([
    { name: "Stated weights", before: "B 2", after: "B 3" },
  ]);
  expect(policyChanges(after, after)).toEqual([]);
});

test.each([
  ["PER_ORDER", null, null],
  ["LEDGER", null, 2],
  ["LEDGER", 0.5, null],
] as const)("pieces of the bound: %s with a weight of %s", (mode, fairness_weight, bound) => {
  expect(boundPieces({ ...DEFAULT, mode, fairness_weight })).toBe(bound);
  expect(boundWords({ ...DEFAULT, mode, fairness_weight })).toMatch(/\.$/);
});
