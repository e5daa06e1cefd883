import { type BacktestForm, BEGINNING, requestOf } from "./backtestForm";

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
