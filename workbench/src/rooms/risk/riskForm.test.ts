import { BEGINNING, type RiskForm, readLevels, requestOf } from "./riskForm";

const form = (changes: Partial<RiskForm>): RiskForm => ({
  ...BEGINNING,
  assets: ["A", "B"],
  weights: { A: "60", B: "40" },
  ...changes,
});

test("a request has parts of 1 for what is typed in per cent", () => {
  const { request, errors } = requestOf(
    form({
      shocks: { A: "-20" },
      riskFreePercent: "2",
      levels: "95, 99",
      worstPeriods: "",
      rollingWindow: "",
    }),
  );
  expect(errors).toEqual({});
  expect(request).toEqual({
    weights: { A: 0.6, B: 0.4 },
    start_date: null,
    end_date: null,
    frequency: "daily",
    covariance: "sample",
    benchmark: null,
    risk_free_rate: 0.02,
    levels: [0.95, 0.99],
    shocks: { A: -0.2 },
    worst_windows: null,
    rolling: null,
  });
});

test("rolling measures against a benchmark are asked for with one alone", () => {
  expect(requestOf(form({})).request.rolling?.measures).not.toContain("beta");
  expect(requestOf(form({ benchmark: "A" })).request.rolling?.measures).toContain("beta");
  expect(requestOf(form({})).request.shocks).toBeNull();
});

test("a shock of an asset that was taken out is not sent", () => {
  expect(requestOf(form({ shocks: { C: "-20" } })).request.shocks).toBeNull();
});

test("all that is wrong is said at once", () => {
  const { errors } = requestOf(
    form({
      weights: { A: "60" },
      shocks: { B: "-101" },
      start: "x",
      riskFreePercent: "",
      levels: "95, 100",
      worstPeriods: "1.5",
      rollingWindow: "1",
    }),
  );
  expect(Object.keys(errors).sort()).toEqual([
    "levels",
    "risk_free_rate",
    "rolling.window",
    "shocks",
    "start_date",
    "weights",
    "worst_windows.periods",
  ]);
});

test.each([
  ["95", [0.95]],
  ["95, 99,", [0.95, 0.99]],
  ["95,95", [0.95]],
  ["", null],
  ["49", null],
  ["90,91,92,93,94,95", null],
  ["many", null],
])("levels %s", (text, levels) => {
  expect(readLevels(text)).toEqual(levels);
});
