import { seriesWords } from "./seriesWords";

const whole = (value: number) => value.toFixed(0);

test("each line is told by its ends and its extremes, whatever is missing", () => {
  const dates = ["2026-01-02", "2026-01-05", "2026-01-06", "2026-01-07"];
  const words = seriesWords(
    "Value",
    dates,
    [
      { name: "Portfolio", values: [100, 90, 130, 120] },
      { name: "Benchmark", values: [null, 7, null, null] },
      { name: "None", values: [null, null, null, null] },
    ],
    whole,
  );
  expect(words).toBe(
    "Value, 2026-01-02 to 2026-01-07. Portfolio from 100 to 120, between 90 and 130; " +
      "Benchmark from 7 to 7, between 7 and 7; None: no values.",
  );
});

test("a chart without dates says so", () => {
  expect(seriesWords("Costs", [], [], whole)).toBe("Costs: no dates.");
});
