import { BEGINNING, requestOf } from "./backtestForm";
import { gridFormOf, gridRequest, NOTHING_TRIED, parametersOf, triedOf } from "./gridForm";

const optimised = { ...BEGINNING, type: "optimization" as const, assets: ["A", "B"] };

test("values are typed in the units of the fields, each counts once", () => {
  const tried = { ...NOTHING_TRIED, windows: "63, 126 126", upperBoundsPercent: "40; 60,100" };
  expect(parametersOf(tried, optimised)).toEqual({
    grid: { window: [63, 126], upper_bound: [0.4, 0.6, 1] },
    trials: 6,
    errors: {},
  });
});

test("what is no number, too much or too little is told", () => {
  const of = (changes: Partial<typeof NOTHING_TRIED>) =>
    parametersOf({ ...NOTHING_TRIED, ...changes }, optimised).errors;
  expect(of({ windows: "63, many" })).toEqual({ "grid.window": "Type numbers, separated by commas." });
  expect(of({})).toEqual({ grid: "Try two values of something at least." });
  expect(of({ windows: "63" })).toEqual({ grid: "Try two values of something at least." });
  const nine = "1 2 3 4 5 6 7 8 9";
  expect(of({ windows: nine, upperBoundsPercent: nine })).toEqual({
    grid: "These are 81 backtests; 64 are run at most.",
  });
  expect(of({ radii: Array.from({ length: 17 }, (_, at) => at / 100).join(" ") })).toEqual({
    "grid.radius": "At most 16 values.",
  });
});

test("what a strategy does not use is not offered, nor sent", () => {
  const fields = (changes: Partial<typeof BEGINNING>) =>
    triedOf({ ...BEGINNING, ...changes }).map(({ parameter }) => parameter);
  expect(fields({})).toEqual([]);
  expect(fields({ type: "rebalancing" })).toEqual(["threshold"]);
  expect(fields({ type: "optimization" })).toEqual(["window", "upper_bound", "radius"]);
  expect(fields({ type: "optimization", measure: "MAD", objective: "Utility" })).toEqual([
    "window",
    "upper_bound",
    "risk_aversion",
  ]);
  const tried = { ...NOTHING_TRIED, windows: "63 126", frequencies: ["weekly" as const, "monthly" as const] };
  expect(parametersOf(tried, BEGINNING).grid).toEqual({ rebalancing_frequency: ["weekly", "monthly"] });
});

test("an optimisation begins with the shortest window that is tried", () => {
  const { request } = requestOf(optimised);
  expect(gridRequest(request, { window: [20, 126] }).base.strategy.parameters).toMatchObject({
    min_window: 20,
  });
  expect(gridRequest(request, { window: [126, 252] }).base).toEqual(request);
  expect(gridRequest(request, { upper_bound: [0.4, 1] }).base).toEqual(request);
});

test("a grid that is run again tries the same", () => {
  const grid = {
    window: [63, 126],
    upper_bound: [0.35, 1],
    threshold: null,
    radius: [0, 0.001],
    rebalancing_frequency: ["weekly" as const],
  };
  const { threshold, ...rest } = grid;
  expect(threshold).toBeNull();
  expect(parametersOf(gridFormOf(grid), optimised).grid).toEqual(rest);
});
