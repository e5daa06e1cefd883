import type { UsedOptimizationRequest } from "../../api/generated/api";
import { askedFacts } from "./askedFacts";

const ASKED: UsedOptimizationRequest = {
  assets: ["A", "B"],
  start_date: "2021-01-04",
  end_date: null,
  frequency: "daily",
  fill: "none",
  known_at: "2026-06-30T09:00:00Z",
  model: "Classic",
  risk_measure: "CVaR",
  objective: "MinRisk",
  risk_free_rate: 0.02,
  constraints: {
    lower_bound: 0,
    upper_bound: 0.6,
    groups: { one: ["A"] },
    group_constraints: { one: { min: 0.3, max: null } },
    max_turnover: 0.1,
    target_return: null,
    max_assets: null,
    min_weight: 0,
  },
  level: 0.95,
  threshold: 0,
  radius: 0,
  risk_aversion: 1,
  covariance: "sample",
  decay: 0.94,
  periods_per_year: null,
  current_weights: { A: 1 },
  transaction_cost: 0,
  views: [],
  market_weights: {},
  market_risk_aversion: 2.5,
  tau: 0.05,
  factors: [],
  frontier_points: 20,
};

test("limits are told with their defaults, and what does not count is left out", () => {
  expect(askedFacts(ASKED)).toEqual([
    ["Assets", "A, B"],
    ["From", "2021-01-04"],
    ["To", "the last day"],
    ["Returns", "Daily"],
    ["Each asset", "0.00% to 60.00%"],
    ["Group one", "at least 30.00%: A"],
    ["Most turnover", "10.00%"],
    ["Risk-free rate", "2.00%"],
    ["Confidence", "95.00%"],
    ["Held before", "A 100.00%"],
  ]);
});

test("a rule has no limits, and a view is told with its signs", () => {
  const views = [{ weights: { A: 1, B: -1 }, expected_return: 0.03, uncertainty: null }];
  const facts = new Map(askedFacts({ ...ASKED, constraints: null, model: "BL", views }));
  expect(facts.get("Limits")).toBe("none: a rule has none");
  expect(facts.get("Views")).toBe("A and -1 x B: 3.00% a year");
});
