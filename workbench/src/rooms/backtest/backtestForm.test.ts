import type { BacktestRequest, ShownBacktestRequest } from "../../api/generated/api";
import { type BacktestForm, BEGINNING, formOf, keptOf, keptWords, requestOf } from "./backtestForm";

const form = (changes: Partial<BacktestForm>): BacktestForm => ({
  ...BEGINNING,
  assets: ["A", "B"],
  percents: { A: "60", B: "40" },
  ...changes,
});

test("fixed weights are sent as parts of 1, costs as a part of the money", () => {
  const { request, errors } = requestOf(form({ name: " Sixty forty ", costsBasisPoints: "25" }));
  expect(errors).toEqual({});
  expect(request).toEqual({
    name: "Sixty forty",
    strategy: {
      type: "fixed_weights",
      parameters: { weights: { A: 0.6, B: 0.4 } },
      rebalancing_frequency: "monthly",
      transaction_costs: 0.0025,
      market_impact: 0,
    },
    assets: ["A", "B"],
    start_date: null,
    end_date: null,
    initial_capital: 1_000_000,
    benchmark: null,
    risk_free_rate: 0,
  });
});

test("an optimisation has no weights, and its own limits", () => {
  const { request, errors } = requestOf(
    form({ type: "optimization", percents: { A: "x" }, upperBoundPercent: "40", window: "126" }),
  );
  expect(errors).toEqual({});
  expect(request.strategy.parameters).toEqual({ objective: "MinRisk", risk_measure: "MV", window: 126 });
  expect(request.constraints).toEqual({ upper_bound: 0.4 });
});

test("the risk aversion is sent for Utility alone, the threshold for rebalancing alone", () => {
  const utility = form({ type: "rebalancing", isOptimised: true, objective: "Utility", riskAversion: "3" });
  expect(requestOf(utility).request.strategy.parameters).toEqual({
    threshold: 0.05,
    objective: "Utility",
    risk_measure: "MV",
    window: 252,
    risk_aversion: 3,
  });
  expect(requestOf(form({ type: "rebalancing" })).request.strategy.parameters).toEqual({
    threshold: 0.05,
    weights: { A: 0.6, B: 0.4 },
  });
});

test("all that is wrong is said at once, by the fields of the request", () => {
  const { errors } = requestOf(
    form({
      percents: { A: "60", B: "30" },
      start: "2026-13-01",
      capital: "0",
      costsBasisPoints: "much",
      impact: "-1",
      riskFreePercent: "200",
    }),
  );
  expect(Object.keys(errors).sort()).toEqual([
    "initial_capital",
    "risk_free_rate",
    "start_date",
    "strategy.market_impact",
    "strategy.parameters.weights",
    "strategy.transaction_costs",
  ]);
});

test("a period has to have days, and a backtest assets", () => {
  const { errors } = requestOf(form({ start: "2026-02-01", end: "2026-01-01", assets: [] }));
  expect(errors).toEqual({
    assets: "Choose at least one asset.",
    end_date: "The last day has to be after the first.",
  });
});

/** A request as the service shows it, with what it has by default. */
const shown = (asked: BacktestRequest): ShownBacktestRequest => ({
  name: null,
  start_date: null,
  end_date: null,
  initial_capital: 1_000_000,
  benchmark: null,
  risk_free_rate: 0,
  periods_per_year: null,
  known_at: "2026-06-30T14:00:00Z",
  ...asked,
  strategy: {
    rebalancing_frequency: "monthly",
    transaction_costs: 0.001,
    market_impact: 0,
    ...asked.strategy,
    parameters: {
      weights: null,
      objective: "MinRisk",
      risk_measure: "MV",
      window: 252,
      min_window: 60,
      threshold: 0.05,
      target_return: null,
      risk_aversion: 1,
      confidence: 0.95,
      radius: 0,
      minimum_acceptable_return: 0,
      ...asked.strategy.parameters,
    },
  },
  constraints: {
    lower_bound: 0,
    upper_bound: 1,
    groups: {},
    group_constraints: {},
    max_turnover: null,
    ...asked.constraints,
  } as ShownBacktestRequest["constraints"],
});

test.each<Partial<BacktestForm>>([
  { name: "Mine", costsBasisPoints: "12.5", impact: "0.3", benchmark: "A", riskFreePercent: "2.1" },
  { type: "buy_and_hold", start: "2024-01-02", end: "2024-06-28", capital: "1234567.89" },
  { type: "rebalancing", isOptimised: false, thresholdPercent: "3.3", frequency: "weekly" },
  { type: "optimization", measure: "CDaR", objective: "Utility", riskAversion: "2.5", window: "126" },
  { type: "rebalancing", isOptimised: true, upperBoundPercent: "35", window: "30" },
])("a request that is run again is the same request", (changes) => {
  const { request } = requestOf(form(changes));
  const stored = shown(request);
  const again = requestOf(formOf(stored), keptOf(stored));
  expect(again.errors).toEqual({});
  expect(shown(again.request)).toEqual(stored);
});

test("terms without a field are sent as they were, and named", () => {
  const stored = shown({
    strategy: { type: "optimization", parameters: { target_return: 0.05, radius: 0.001, confidence: 0.9 } },
    assets: ["A", "B"],
    constraints: {
      groups: { g: ["A"] },
      group_constraints: { g: { min: null, max: 0.4 } },
      max_turnover: 0.2,
    },
    periods_per_year: 365,
  });
  const kept = keptOf(stored);
  expect(shown(requestOf(formOf(stored), kept).request)).toEqual({ ...stored });
  expect(keptWords(kept)).toEqual([
    "least expected return",
    "confidence",
    "radius",
    "limits of groups",
    "most turnover",
    "trading days of a year",
  ]);
  expect(keptWords(keptOf(shown({ strategy: { type: "optimization" }, assets: ["A"] })))).toEqual([]);
});

test("a window that is shorter than sixty days begins with itself", () => {
  const { request } = requestOf(form({ type: "optimization", window: "30" }));
  expect(request.strategy.parameters).toMatchObject({ window: 30, min_window: 30 });
  expect(requestOf(form({ type: "optimization" })).request.strategy.parameters).not.toHaveProperty(
    "min_window",
  );
});

test("a name of more than a hundred letters is not sent", () => {
  expect(requestOf(form({ name: "x".repeat(101) })).errors).toEqual({ name: "At most 100 letters." });
});
