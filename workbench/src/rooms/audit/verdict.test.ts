import type { Verification } from "../../api/generated/api";
import { anchorProblem, keyText, verdict } from "./verdict";

const WHOLE: Verification = {
  whole: true,
  records: 1076,
  days: 3,
  rows: 5382,
  rows_unrecorded: 0,
  rows_since: "2026-11-29T19:30:56.310019Z",
  anchor: null,
  break_count: 0,
  breaks: [],
};

test.each([
  [
    "whole",
    WHOLE,
    false,
    "The trail is whole: 1,076 records of 3 days and 5,382 rows are as they were written.",
  ],
  [
    "with an anchor and older rows",
    { ...WHOLE, days: 1, rows_unrecorded: 7 },
    true,
    "The trail is whole: 1,076 records of 1 day and 5,382 rows are as they were written. The chain contains the " +
      "anchor. 7 of the rows are older than the records that would say what they were.",
  ],
  [
    "broken",
    { ...WHOLE, whole: false, break_count: 2 },
    true,
    "The trail is not whole: 2 breaks in 1,076 records of 3 days and 5,382 rows. The first 0 are listed.",
  ],
  ["empty", { ...WHOLE, records: 0 }, false, "There is no record in these days."],
])("the verdict in words: %s", (_case, found, withAnchor, text) => {
  expect(verdict(found, withAnchor)).toBe(text);
});

test("a key by its columns", () => {
  expect(keyText({ order_id: "9001", account_id: "ACC001" })).toBe("order_id 9001, account_id ACC001");
  expect(keyText(null)).toBe("");
});

test("an anchor is checked before it is sent", () => {
  expect(anchorProblem("")).toBeUndefined();
  expect(anchorProblem(`2026-07-01:1:${"7a".repeat(32)}`)).toBeUndefined();
  for (const wrong of [
    "x",
    `2026-07-01:0:${"7a".repeat(32)}`,
    "2026-07-01:1:7A",
    `2026-07-01:1:${"7a".repeat(31)}`,
  ])
    expect(anchorProblem(wrong)).toMatch(/^An anchor is /);
});
