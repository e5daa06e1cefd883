import type { BacktestSummary } from "../../api/generated/api";
import { FIGURES, figureLines, missingWords } from "./backtestWords";

const summary = (changes: Partial<BacktestSummary>): BacktestSummary => ({
  ...(Object.fromEntries(FIGURES.map(([figure]) => [figure, 0.5])) as unknown as BacktestSummary),
  initial_capital: 100,
  final_value: 150,
  total_costs: 1.5,
  trade_count: 3,
  undefined: {},
  sharpe_interval: null,
  ...changes,
});

const line = (of: BacktestSummary, name: string) => figureLines(of).find((each) => each.name === name);

test("a figure that is missing says why", () => {
  const found = summary({ calmar_ratio: null, beta: null, undefined: { calmar_ratio: "ZERO_VARIANCE" } });
  expect(line(found, "Calmar ratio")).toEqual({
    name: "Calmar ratio",
    value: "–",
    note: "The returns do not vary.",
  });
  expect(line(found, "Beta")?.note).toBe("Without a benchmark there is none.");
  expect(missingWords({ undefined: { beta: "REQUIRED" } }, "beta")).toBe(
    "Without a benchmark there is none.",
  );
  expect(missingWords({ undefined: { beta: "TOO_FEW_ROWS" } }, "beta")).toBe("There are too few returns.");
});

test("the Sharpe ratio has its interval, or says that it has none", () => {
  const interval = { low: -0.25, high: 1.5, confidence: 0.95, samples: 2_000, block_length: 21, seed: 1 };
  expect(line(summary({ sharpe_interval: interval }), "Sharpe ratio")).toEqual({
    name: "Sharpe ratio",
    value: "0.50",
    note: "-0.25 to 1.50 at 95.00%, by 2,000 samples in blocks of 21 days",
  });
  expect(line(summary({}), "Sharpe ratio")?.note).toBe("It has no interval for these returns.");
});
