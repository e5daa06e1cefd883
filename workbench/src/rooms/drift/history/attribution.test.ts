import type { Causes, ClassAttribution } from "../../../api/generated/api";
import { barWords, causesAtWork, movedWords, nearest, offers, total } from "./attribution";

const NONE: Causes = { market: 0, trades: 0, flows: 0, reclassified: 0, rest: 0 };

function found(key: string, before: number, after: number, points: Partial<Causes> = {}, targets = 0) {
  const of: ClassAttribution = {
    key,
    value_before: 60_000_000,
    value_after: 55_000_000,
    drift_before: before,
    drift_after: after,
    money: NONE,
    points: { ...NONE, ...points },
    targets,
    contribution: 0,
    class_return: null,
  };
  return of;
}

const GOVT = found("GOVT", 10, 5, { market: 2.4, trades: -11, flows: 3.6 });
const CASH = found("cash", -1, -0.998, { trades: 0.002 });

test("the class that moved most, and what moved it most", () => {
  expect(movedWords("SECTOR", [CASH, GOVT])).toBe(
    "GOVT moved most: from +10.00 to +5.00 points off its target. The largest part is trades, -11.00 points.",
  );
  expect(movedWords("SECTOR", [found("GOVT", 5, -5, {}, -10)])).toBe(
    "GOVT moved most: from +5.00 to -5.00 points off its target. The largest part is targets, -10.00 points.",
  );
  expect(movedWords("SECTOR", [CASH])).toBe("No class moved against its target.");
});

test("bars have the causes that are seen, and say them", () => {
  expect(causesAtWork([GOVT, CASH])).toEqual(["market", "trades", "flows"]);
  expect(causesAtWork([CASH])).toEqual([]);
  expect(barWords("SECTOR", [GOVT, CASH])).toBe(
    "Change of drift by class in points: GOVT -5.00 (market +2.40, trades -11.00, flows +3.60); " +
      "Cash 0.00 (market 0.00, trades 0.00, flows 0.00).",
  );
});

test("sums", () => {
  expect(total([GOVT, CASH], ({ value_after }) => value_after)).toBe(110_000_000);
});

const DATES = ["2026-06-30", "2026-06-29", "2026-06-26"];

test.each([
  ["2026-06-27", ["2026-06-26", "2026-06-29"]],
  ["2026-06-01", ["2026-06-26"]],
  ["2026-07-01", ["2026-06-30"]],
])("nearest to %s are %j", (day, near) => {
  expect(nearest(DATES, day)).toEqual(near);
});

test("instead of a date without a snapshot those beside it are offered", () => {
  const refused = { date_from: "There is no snapshot", date_to: "There is no snapshot" };
  expect(offers(DATES, { first: "2026-06-28", last: "2026-07-05" }, refused)).toEqual([
    { end: "first", day: "2026-06-26" },
    { end: "first", day: "2026-06-29" },
    { end: "last", day: "2026-06-30" },
  ]);
});

test("only a later date is offered to compare with", () => {
  const refused = { date_to: "The date does not lie after date_from." };
  const last = { end: "last", day: "2026-06-30" };
  expect(offers(DATES, { first: "2026-06-29", last: "2026-06-26" }, refused)).toEqual([last]);
  expect(offers(DATES, { first: "2026-06-29", last: "2026-06-29" }, refused)).toEqual([last]);
  expect(offers(DATES, { first: "2026-06-30", last: "2026-06-26" }, refused)).toEqual([]);
});
