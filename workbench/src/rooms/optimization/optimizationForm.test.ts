import { BEGINNING, measureOf, type OptimizationForm, requestOf } from "./optimizationForm";

const form = (more: Partial<OptimizationForm>): OptimizationForm => ({
  ...BEGINNING,
  assets: ["A", "B"],
  ...more,
});
const asked = (more: Partial<OptimizationForm>) => {
  const { request, errors } = requestOf(form(more));
  expect(errors).toEqual({});
  return request;
};
const faults = (more: Partial<OptimizationForm>) => Object.keys(requestOf(form(more)).errors).sort();

test("a form that is left as it is asks for the best ratio, with from 0 to 30 per cent of each asset", () => {
  expect(asked({})).toEqual({
    assets: ["A", "B"],
    start_date: null,
    end_date: null,
    frequency: "daily",
    model: "Classic",
    risk_measure: "MV",
    objective: "Sharpe",
    risk_free_rate: 0,
    frontier_points: 20,
    covariance: "sample",
    radius: 0,
    constraints: {
      lower_bound: 0,
      upper_bound: 0.3,
      target_return: null,
      max_assets: null,
      min_weight: 0,
      max_turnover: null,
    },
    current_weights: {},
    transaction_cost: 0,
  });
});

test("per cent become parts, and what is typed with its sign is taken", () => {
  const request = asked({
    riskFree: "2.5 %",
    lower: "-10",
    upper: "",
    target: "7",
    most: "5",
    least: "2",
    held: "A 60\nB: 40%\n",
    turnover: "25",
    cost: "0.1",
  });
  expect(request).toMatchObject({
    risk_free_rate: 0.025,
    current_weights: { A: 0.6, B: 0.4 },
    transaction_cost: 0.001,
    constraints: {
      lower_bound: -0.1,
      upper_bound: 1,
      target_return: 0.07,
      max_assets: 5,
      min_weight: 0.02,
      max_turnover: 0.25,
    },
  });
});

test("a measure has its own settings and no others", () => {
  const tail = asked({ measure: "EVaR", level: "99" });
  expect(tail.level).toBe(0.99);
  expect(tail).not.toHaveProperty("covariance");
  expect(tail).not.toHaveProperty("radius");
  const below = asked({ measure: "SLPM", threshold: "-1", objective: "Utility", aversion: "3" });
  expect(below).toMatchObject({ threshold: -0.01, risk_aversion: 3 });
  expect(below).not.toHaveProperty("level");
  expect(asked({ measure: "CVaR", radius: "0.5" }).radius).toBe(0.005);
});

test("a rule is asked for without limits, whatever was typed into them", () => {
  const request = asked({ objective: "HRP", measure: "CVaR", lower: "x", held: "x", radius: "1" });
  expect(request).toMatchObject({ objective: "HRP", risk_measure: "MV", frontier_points: 0 });
  for (const name of ["constraints", "current_weights", "transaction_cost", "radius"])
    expect(request).not.toHaveProperty(name);
});

test("factors know the standard deviation alone, and are no assets", () => {
  expect(measureOf(form({ model: "FM", measure: "CVaR" }))).toBe("MV");
  expect(asked({ model: "FM", factors: ["F"] }).factors).toEqual(["F"]);
  expect(requestOf(form({ model: "FM", factors: ["B", "F"] })).errors).toEqual({
    factors: "A factor cannot be an asset too: B.",
  });
  expect(faults({ model: "FM" })).toEqual(["factors"]);
  expect(asked({ factors: ["F"] })).not.toHaveProperty("factors");
});

test("views are of an asset, or of one against another", () => {
  const views = [
    { asset: "A", against: "", expected: "6" },
    { asset: "A", against: "B", expected: "-1.5" },
  ];
  expect(asked({ model: "BL", views }).views).toEqual([
    { weights: { A: 1 }, expected_return: 0.06 },
    { weights: { A: 1, B: -1 }, expected_return: -0.015 },
  ]);
  expect(
    faults({
      model: "BL",
      views: [
        { asset: "A", against: "A", expected: "" },
        { asset: "", against: "", expected: "six" },
      ],
    }),
  ).toEqual(["views.0.expected_return", "views.0.weights", "views.1.expected_return", "views.1.weights"]);
});

test("groups have a name, assets, and a limit at least", () => {
  const groups = [{ name: " bonds ", assets: ["B"], min: "20", max: "" }];
  expect(asked({ groups }).constraints).toMatchObject({
    groups: { bonds: ["B"] },
    group_constraints: { bonds: { min: 0.2, max: null } },
  });
  const wrong = [
    { name: "", assets: ["A"], min: "1", max: "" },
    { name: "x", assets: [], min: "1", max: "" },
    { name: "x", assets: ["A"], min: "1", max: "" },
    { name: "y", assets: ["A"], min: "", max: "" },
    { name: "z", assets: ["A"], min: "much", max: "" },
  ];
  expect(requestOf(form({ groups: wrong })).errors).toEqual({
    "groups.0": "Type a name.",
    "groups.1": "Choose the assets of the group.",
    "groups.2": "This name is there twice.",
    "groups.3": "Type its least or its most.",
    "groups.4": "Type a number from -1000 to 1000.",
  });
});

test("all that is wrong is told at once, by the fields of the request", () => {
  expect(
    faults({
      assets: [],
      from: "2026-02-30",
      to: "soon",
      riskFree: "1e3",
      measure: "CVaR",
      level: "100",
      radius: "-1",
      lower: "40",
      most: "2.5",
      held: "A sixty",
    }),
  ).toEqual([
    "assets",
    "constraints.lower_bound",
    "constraints.max_assets",
    "current_weights",
    "end_date",
    "level",
    "radius",
    "risk_free_rate",
    "start_date",
  ]);
  expect(faults({ from: "2026-02-02", to: "2026-02-01" })).toEqual(["end_date"]);
  expect(faults({ turnover: "10" })).toEqual(["current_weights"]);
  expect(faults({ held: "A 50\nA 50" })).toEqual(["current_weights"]);
});
