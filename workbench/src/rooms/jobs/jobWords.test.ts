import { doneShare, doneWords, kindWords, leftWords, resultRoute } from "./jobWords";

test.each([
  [0, null, "", null],
  [3, null, "3 done", null],
  [0, 12, "0 of 12 lines", 0],
  [1, 1, "1 of 1 line", 1],
  [1_500, 10_000, "1,500 of 10,000 lines", 0.15],
])("%s of %s", (done, total, words, share) => {
  expect(doneWords({ kind: "blotters.preview", done, total })).toBe(words);
  expect(doneShare({ done, total })).toBe(share);
});

test("a check of drift has no lines to count", () => {
  expect(doneWords({ kind: "drift.check", done: 0, total: 1 })).toBe("");
});

test.each([
  ["2026-06-30T10:00:04Z", "a few seconds left"],
  ["2026-06-30T10:00:31Z", "about 40 s left"],
  ["2026-06-30T10:01:30Z", "about 2 min left"],
  ["2026-06-30T12:10:00Z", "about 3 h left"],
  ["2026-06-30T09:59:00Z", "a few seconds left"],
])("a job that ends at %s has %s", (expected_end_at, words) => {
  expect(leftWords({ expected_end_at, state: "RUNNING" }, Date.parse("2026-06-30T10:00:00Z"))).toBe(words);
});

test("of a job that is over, or being cancelled, no time is left", () => {
  const expected_end_at = "2026-06-30T10:00:31Z";
  expect(leftWords({ expected_end_at, state: "ABORTING" }, 0)).toBe("");
  expect(leftWords({ expected_end_at: null, state: "RUNNING" }, 0)).toBe("");
});

test("a result leads to its page; one that has none leads nowhere", () => {
  expect(resultRoute({ result: "/v1/blotters/b-1" })).toBe("/blotters/b-1");
  expect(resultRoute({ result: "/v1/backtest/t-1" })).toBe("/backtest/t-1");
  expect(resultRoute({ result: "/v1/orders/7" })).toBeNull();
  expect(resultRoute({ result: null })).toBeNull();
});

test("a kind that is not known keeps its name", () => {
  expect(kindWords("blotters.preview")).toBe("Preview a blotter");
  expect(kindWords("prices.load")).toBe("prices.load");
});

test("a backtest counts parts, a recalculation nothing", () => {
  expect(doneWords({ kind: "backtest.run", done: 1, total: 4 })).toBe("1 of 4 parts");
  expect(doneWords({ kind: "backtest.run", done: 1, total: 1 })).toBe("1 of 1 part");
  expect(doneWords({ kind: "events.recalculate", done: 0, total: 1 })).toBe("");
});
