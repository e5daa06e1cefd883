import type { ShownMonitorConfig } from "../../api/generated/api";
import { configOf, formOf } from "./monitorForm";
import { secondsWords } from "./monitorWords";

const SHOWN: ShownMonitorConfig = {
  automatic_recalculation: true,
  significance_thresholds: {
    price: 0.01,
    volatility: 0.2,
    correlation: 0.15,
    stocks: 0.01,
    bonds: 0.005,
    forex: 0.008,
    crypto: 0.03,
  },
  minimum_interval: 3_600,
  scheduled_recalculations: ["09:30", "16:00"],
  asset_classes: { "EQ-TECH": "stocks" },
};

test("what is shown and left as it is is sent as it was", () => {
  const { config, errors } = configOf(formOf(SHOWN), 3);
  expect(errors).toEqual({});
  expect(config).toEqual({ ...SHOWN, version: 3 });
});

test("thresholds are typed in per cent, that of a correlation in points", () => {
  const { thresholds, interval, times } = formOf(SHOWN);
  expect([thresholds.bonds, thresholds.correlation, interval, times]).toEqual([
    "0.5",
    "0.15",
    "60",
    "09:30, 16:00",
  ]);
});

test("all that is wrong is said at once", () => {
  const form = formOf(SHOWN);
  const { errors } = configOf(
    {
      ...form,
      interval: "-1",
      times: "9:30, 24:00, 10:00",
      thresholds: { ...form.thresholds, price: "0", bonds: "x" },
    },
    0,
  );
  expect(errors).toEqual({
    minimum_interval: "Type minutes from 0 to 10,080.",
    scheduled_recalculations: "Type times as HH:MM, separated by commas: not 9:30, 24:00.",
    "significance_thresholds.price": "Type a number above 0.",
    "significance_thresholds.bonds": "Type a number above 0.",
  });
});

test("a time that is typed twice is sent once", () => {
  const { config } = configOf({ ...formOf(SHOWN), times: "10:00,10:00," }, 0);
  expect(config.scheduled_recalculations).toEqual(["10:00"]);
});

test.each([
  [3_600, "1 h"],
  [90, "90 s"],
  [600, "10 min"],
  [0, "0 s"],
])("%i seconds are %s", (seconds, words) => {
  expect(secondsWords(seconds)).toBe(words);
});
