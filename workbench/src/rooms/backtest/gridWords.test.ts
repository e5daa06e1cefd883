import type { BacktestGridView, BacktestView, CrossValidation, Overfitting } from "../../api/generated/api";
import { overfittingWords, sharpeTable, statusWords, validationWords } from "./gridWords";

const trial = (window: number, upper: number, sharpe: number | null) =>
  ({
    request: {
      strategy: { parameters: { window }, rebalancing_frequency: "monthly" },
      constraints: { upper_bound: upper },
    },
    summary: sharpe === null ? null : { sharpe_ratio: sharpe },
  }) as unknown as BacktestView;

const TRIALS = [trial(63, 0.4, 0.2), trial(63, 1, 0.6), trial(126, 0.4, -0.1), trial(126, 1, null)];

test("Sharpe ratios stand by two parameters, or by the mean over the other one", () => {
  expect(sharpeTable(TRIALS, "window", "upper_bound")).toEqual({
    columns: ["40.00%", "100.00%"],
    rows: [
      { name: "63", values: [0.2, 0.6] },
      { name: "126", values: [-0.1, null] },
    ],
  });
  expect(sharpeTable(TRIALS, "window", null).rows).toEqual([
    { name: "63", values: [0.4] },
    { name: "126", values: [null] },
  ]);
});

test("how far a grid is", () => {
  const view = {
    backtest_count: 4,
    statuses: { SUCCEEDED: 2, FAILED: 1, RUNNING: 1 },
  } as unknown as BacktestGridView;
  expect(statusWords(view)).toBe("2 of 4 done, 1 failed, 1 running");
});

test.each([
  [0.6, "do not rely on it"],
  [0.3, "take it with care"],
  [0.1, "the choice holds on other days as a rule"],
])("a probability of overfitting of %d is judged", (share, verdict) => {
  const found = {
    probability_of_overfitting: share,
    deflated_sharpe_ratio: 0.7,
    expected_maximum_sharpe: 0.4,
    split_count: 12870,
  } as Overfitting;
  const words = overfittingWords(found, "63 days");
  expect(words).toContain(verdict);
  expect(words).toContain("12,870 ways");
  expect(words).toContain("70.00%");
});

test("paths of the cross-validation are said with their range", () => {
  const found = {
    mean_sharpe: 0.3,
    loss_probability: 0.25,
    path_count: 4,
    sharpe_ratios: [0.1, -0.2, 0.9, 0.4],
  };
  expect(validationWords(found as unknown as CrossValidation)).toContain("(-0.20 to 0.90)");
  expect(validationWords({ ...found, path_count: 1 } as unknown as CrossValidation)).toContain(
    "the one path",
  );
});
