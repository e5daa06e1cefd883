import type { Allocation, Optimality } from "../../../api/generated/api";
import { sampleAllocation, sampleWarning } from "./sample";
import {
  costInWords,
  dispersionInWords,
  fairnessInWords,
  movedInWords,
  proofInWords,
  totalsInWords,
  unallocatedInWords,
} from "./words";

const PROVED: Optimality = {
  status: "OPTIMAL",
  lower_bound_std_dev: 0.1973,
  gap: 0,
  kkt_residual: null,
  solver: "EXACT",
  iterations: 2,
  reason: null,
  objective_std_dev: 0.1973,
};

function proof(given: Partial<Optimality>, spread = 0.1973, more: Partial<Allocation> = {}): string {
  const allocation = sampleAllocation(more, { optimality: { ...PROVED, ...given } });
  allocation.summary.dispersion_metrics = {
    ...allocation.summary.dispersion_metrics,
    post_trade_std_dev: spread,
  };
  return proofInWords(allocation);
}

test("a proved split is closer than no other", () => {
  expect(proof({})).toBe("No split of these lots is closer than 0.1973 years; this one is 0.1973 years.");
});

test("a split within a gap says how far it may be from the best", () => {
  expect(
    proof({ status: "WITHIN_GAP", lower_bound_std_dev: 0.19, gap: 0.05, objective_std_dev: 0.2 }, 0.2),
  ).toBe(
    "No split of these lots is closer than 0.1900 years; this one is 0.2000 years, at most 5.00% from the best.",
  );
});

test("without a bound nothing is claimed", () => {
  expect(proof({ status: "WITHIN_GAP", lower_bound_std_dev: null, gap: null })).toBe(
    "This split keeps every limit at 0.1973 years; how far it is from the best is not known.",
  );
});

test("a solver that failed is told with its reason, whatever its bound", () => {
  expect(proof({ status: "FALLBACK", reason: "SLSQP takes at most 300 accounts." })).toBe(
    "The solver gave no answer, so the order is split pro-rata: SLSQP takes at most 300 accounts. Nothing is proved.",
  );
  expect(proof({ status: "FALLBACK", reason: null, lower_bound_std_dev: null })).toBe(
    "The solver gave no answer, so the order is split pro-rata. Nothing is proved.",
  );
});

test("with what accounts are owed, the proof is of both together", () => {
  expect(proof({ lower_bound_std_dev: 0.21, objective_std_dev: 0.21 }, 0.199)).toBe(
    "Dispersion and what accounts are owed together: no split of these lots is below 0.2100 years; this one is 0.2100 years.",
  );
});

test("the proof of an edited preview, and of tiers, is of a part", () => {
  const adjustment = {
    adjusted_from: "0",
    unedited_id: "0",
    fixed: { A: 1, B: 2 },
    moved: [],
    cost: {
      unedited_std_dev: 0,
      least_std_dev: 0,
      lower_bound_std_dev: null,
      status: null,
      post_trade_std_dev: 0,
      absolute: 0,
      relative: null,
      total_difference: 0,
    },
  };
  const parameters = { ...sampleAllocation().parameters, tiers: [["A"]] };
  expect(proof({}, 0.1973, { adjustment, parameters })).toBe(
    "No split of these lots is closer than 0.1973 years; this one is 0.1973 years. The proof is of the rest, beside 2 fixed accounts. Each tier is proved by itself: the figures are the last tier's.",
  );
});

test.each<[Allocation["allocation_method"], Partial<Allocation["parameters"]>, string]>([
  ["PRO_RATA", {}, "Pro-rata gives shares in proportion to NAV."],
  ["PRO_RATA", { base_metric: "MARKET_VALUE" }, "Pro-rata gives shares in proportion to market value."],
  ["PRO_RATA", { base_metric: "EQUAL" }, "Pro-rata gives equal shares."],
  ["CUSTOM_WEIGHTS", {}, "The weights are as stated."],
  [
    "CUSTOM_WEIGHTS",
    { allocations: [{ account_id: "A", type: "QUANTITY", value: 1 }] },
    "The amounts are as stated.",
  ],
])("%s %o minimises nothing", (method, given, words) => {
  const parameters = { ...sampleAllocation().parameters, ...given };
  expect(proofInWords(sampleAllocation({ allocation_method: method, parameters }))).toBe(
    `${words} Nothing is minimised, so nothing is proved of its dispersion.`,
  );
});

test.each([
  [0.2586, 0.1973, 0.237, "falls from 0.2586 to 0.1973 years, 23.70% less."],
  [0.25, 0.26, -0.04, "rises from 0.2500 to 0.2600 years, 4.00% more."],
  [0.25, 0.25, 0, "stays at 0.2500 years."],
  [0, 0.1, 0, "rises from 0.0000 to 0.1000 years."],
])("dispersion of %d and %d", (before, after, improvement, words) => {
  const allocation = sampleAllocation();
  allocation.summary.dispersion_metrics = {
    ...allocation.summary.dispersion_metrics,
    pre_trade_std_dev: before,
    post_trade_std_dev: after,
    improvement,
  };
  expect(dispersionInWords(allocation)).toBe(`Dispersion of active spread duration ${words}`);
});

test("what stays unallocated is said by the warning of the whole order, not by Aladdin's", () => {
  const warnings = [
    sampleWarning("1", { account_id: "A", message: "of an account" }),
    sampleWarning("2", { account_id: null, message: "of Aladdin", details: { source: "ALADDIN" } }),
    sampleWarning("3", { account_id: null, message: "of the order" }),
  ];
  expect(unallocatedInWords(sampleAllocation({ warnings }, { unallocated: 5 }))).toBe("of the order");
  expect(unallocatedInWords(sampleAllocation({ warnings }))).toBeNull();
  expect(
    unallocatedInWords(sampleAllocation({ allocation_method: "CUSTOM_WEIGHTS" }, { unallocated: 2_000_000 })),
  ).toBe("2,000,000 face stay unallocated: the stated parts leave it.");
});

const COST = {
  unedited_std_dev: 0.1973,
  least_std_dev: 0.197296,
  lower_bound_std_dev: 0.197296,
  status: "OPTIMAL",
  post_trade_std_dev: 0.205707,
  absolute: 0.008411,
  relative: 0.0426,
  total_difference: 0,
} as const;

test("edits cost what they add to the least dispersion", () => {
  expect(costInWords(COST, "ACTIVE_SPREAD_DURATION")).toBe(
    "Your edits cost 0.0084 years of dispersion (+4.26%): 0.2057 instead of 0.1973.",
  );
  expect(costInWords({ ...COST, relative: null, total_difference: -5000 }, "OAS")).toBe(
    "Your edits cost 0.0084 bp of dispersion: 0.2057 instead of 0.1973. They place 5,000 less face, so the two do not compare directly.",
  );
  expect(costInWords({ ...COST, absolute: 0, post_trade_std_dev: 0.1973 }, "DURATION")).toBe(
    "Your edits cost nothing: the dispersion is 0.1973 years, as without them.",
  );
});

test("moved accounts and totals are counted", () => {
  const moved = [{ account_id: "A", before: 1, after: 2, difference: 1 }];
  expect(movedInWords({ adjusted_from: "", unedited_id: "", cost: COST, moved, fixed: { A: 2 } })).toBe(
    "1 account changed; 1 is fixed.",
  );
  expect(totalsInWords(sampleAllocation())).toBe(
    "Total of 0 accounts: 8,000,000 face allocated to 2, 1 skipped, 0 unallocated.",
  );
});

test("the ledger is said to steer only where it did", () => {
  const fairness = {
    mode: "LEDGER",
    source: "POLICY",
    effect: "STEERED",
    policy_id: "p",
    policy_version: 1,
    scope: "CORE",
    as_of: null,
    fairness_weight: null,
    weight_source: "AUTO",
    greatest_before: null,
    greatest_after: null,
    least_std_dev: 0.2,
    dispersion_cost: 0.1,
  } as const;
  expect(fairnessInWords(sampleAllocation({}, { fairness }))).toBe(
    "By the fairness ledger: shares follow what accounts are owed. The least dispersion is 0.2000 years; what is owed costs 10.00%.",
  );
  expect(fairnessInWords(sampleAllocation({}, { fairness: { ...fairness, effect: "RECORDED" } }))).toBe(
    "Split by itself: the fairness ledger records it and did not steer it.",
  );
  expect(fairnessInWords(sampleAllocation())).toBeNull();
});
