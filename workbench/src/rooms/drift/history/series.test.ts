import type { DriftLine } from "../../../api/generated/api";
import { datesOf, periodDates, seriesOf, seriesWords, ticksOf } from "./series";

function line(
  class_key: string,
  business_date: string,
  difference: number | null,
  more: Partial<DriftLine> = {},
) {
  const of: DriftLine = {
    check_id: business_date,
    kind: "DAILY",
    business_date,
    taken_at: `${business_date}T21:31:00Z`,
    reference_date: null,
    scope: "ACCOUNT",
    scope_id: "ACC001",
    dimension: "SECTOR",
    class_key,
    current: difference === null ? null : 50 + difference,
    benchmark: null,
    target: 50,
    band: 5,
    difference,
    is_out: difference !== null && Math.abs(difference) > 5,
    value: null,
    nav: 1,
    currency: "USD",
    target_set_id: "s",
    target_set_version: 1,
    ...more,
  };
  return of;
}

/** Newest first, as the service lists them; on the 29th there was another check in the morning. */
const LINES = [
  line("GOVT", "2026-06-30", 10),
  line("cash", "2026-06-30", -1),
  line("GOVT", "2026-06-29", 4),
  line("cash", "2026-06-29", null),
  line("GOVT", "2026-06-29", 8, {
    check_id: "job",
    kind: "REQUESTED",
    taken_at: "2026-06-29T13:00:00Z",
  }),
  line("GOVT", "2026-06-26", 0),
];

test("each class has its checks in order of time, in the order of the newest check", () => {
  const series = seriesOf(LINES);
  expect(series.map(({ name }) => name)).toEqual(["GOVT", "Cash"]);
  expect(series[0]?.marks.map(({ day, kind, level, isOut }) => [day, kind, level, isOut])).toEqual([
    ["2026-06-26", "DAILY", 50, false],
    ["2026-06-29", "REQUESTED", 58, true],
    ["2026-06-29", "DAILY", 54, false],
    ["2026-06-30", "DAILY", 60, true],
  ]);
  expect(series[0]?.marks[0]?.band).toEqual([45, 55]);
  expect(series[1]?.marks.map(({ level }) => level)).toEqual([null, 49]);
  expect(datesOf(LINES)).toEqual(["2026-06-30", "2026-06-29", "2026-06-26"]);
});

test("a metric is drawn less its benchmark, and beside itself", () => {
  const metric = { dimension: "METRIC" as const, target: 0.5, band: 0.25 };
  const series = seriesOf([
    line("DURATION", "2026-06-30", 0.1, { ...metric, current: 5.6, benchmark: 5 }),
    line("DURATION", "2026-06-30", 0.1, { ...metric, target: 5.5, current: 5.6 }),
  ]);
  expect(series.map(({ name, marks }) => [name, marks[0]?.level])).toEqual([
    ["Duration less benchmark", 0.6],
    ["Duration", 5.6],
  ]);
});

test("the picture in words", () => {
  const [govt] = seriesOf(LINES);
  expect(govt && seriesWords("SECTOR", govt)).toBe(
    "GOVT: 4 checks from 2026-06-26 to 2026-06-30, from 50.00 to 60.00 %. " +
      "Last 60.00 % against a target of 50.00 % with a band of 5.00 points. Out of band at 2 of 4 checks.",
  );
});

test.each([
  [[5], [5]],
  [
    [1, 2, 2, 3],
    [1, 2, 3],
  ],
  [
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    [1, 4, 7, 10],
  ],
])("of the days %j, the axis has %j", (days, ticks) => {
  expect(ticksOf(days)).toEqual(ticks);
});

test.each([
  ["", "2026-06-30", { dateFrom: "2026-03-30" }],
  ["year", "2026-06-30", { dateFrom: "2025-06-30" }],
  ["all", "2026-06-30", {}],
  ["own", "2026-06-30", { dateFrom: "2026-01-02", dateTo: undefined }],
  ["rubbish", "2026-01-15", { dateFrom: "2025-10-15" }],
])("the period %j up to %s", (period, newest, dates) => {
  expect(periodDates({ period, from: "2026-01-02", to: "" }, newest)).toEqual(dates);
});
