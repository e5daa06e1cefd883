import { figure, measureName } from "./riskWords";

test.each([
  [0.1234, "return_per_year", "12.34%"],
  [-0.05, "part_of_peak", "-5.00%"],
  [0.00012, "squared_return_per_period", "1.2000e-4"],
  [0, "squared_return_per_period", "0"],
  [1.23456, "ratio_per_year", "1.2346"],
  [null, "ratio", "–"],
  [null, "squared_return_per_period", "–"],
] as const)("%s in %s is %s", (value, unit, text) => {
  expect(figure(value, unit)).toBe(text);
});

test("measures of the tail are named with their level", () => {
  expect(measureName("CVaR", 0.975)).toBe("Conditional value at risk (CVaR), 97.50 %");
  expect(measureName("MDD", null)).toBe("Maximum drawdown (MDD)");
});
