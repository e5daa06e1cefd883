import type { PortfolioStatus } from "../../api/generated/api";
import { configBody, isMonitored, monitorWords } from "./monitoring";

const status = (version: number, automatic: boolean, more: Partial<PortfolioStatus> = {}) =>
  ({
    version,
    config: {
      automatic_recalculation: automatic,
      significance_thresholds: { price: 0.02 },
      minimum_interval: 60,
      scheduled_recalculations: ["09:30"],
      asset_classes: { A: "bonds" },
    },
    last_recalculation: null,
    recalculations_of_day: 2,
    max_per_day: 50,
    ...more,
  }) as unknown as PortfolioStatus;

test("a portfolio is monitored once somebody has stated it, and not by the default", () => {
  expect(isMonitored(status(0, true))).toBe(false);
  expect(isMonitored(status(1, true))).toBe(true);
  expect(isMonitored(status(2, false))).toBe(false);
});

test("the switch changes nothing else, and names the version that was read", () => {
  expect(configBody(status(3, true), false)).toEqual({
    automatic_recalculation: false,
    significance_thresholds: { price: 0.02 },
    minimum_interval: 60,
    scheduled_recalculations: ["09:30"],
    asset_classes: { A: "bonds" },
    version: 3,
  });
});

test("how it is monitored is said in words", () => {
  expect(monitorWords(status(0, true))).toMatch(/^It is not monitored/);
  const words = monitorWords(status(1, true));
  expect(words).toContain("Every day at 09:30, too.");
  expect(words).toContain("It was not recalculated yet.");
  expect(words).toContain("2 of 50 recalculations");
});
