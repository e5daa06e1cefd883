import { commonBenchmark, extentOf, heightOf, pointsOf, roundTicks } from "./chart";
import { points, rowsOf, totalsOf } from "./rows";
import { sampleAccount, sampleAllocation, sampleWarning } from "./sample";
import { grouped, open, progressInWords, withSeen } from "./warnings";

const metrics = (value: number) => ({
  ...sampleAccount("").pre_trade_metrics,
  active_spread_duration: value,
  duration: value + 10,
});

const allocation = sampleAllocation({
  allocations: [
    sampleAccount("A", {
      allocated_quantity: 6_000_000,
      nav: 100,
      available_cash: 10,
      post_trade_cash: 4,
      pre_trade_metrics: metrics(0.5),
      post_trade_metrics: metrics(0.25),
    }),
    sampleAccount("B", {
      allocated_quantity: 2_000_000,
      nav: 300,
      available_cash: 5,
      post_trade_cash: 1,
      pre_trade_metrics: metrics(-0.5),
      post_trade_metrics: metrics(-0.25),
    }),
    sampleAccount("C", {
      nav: 0,
      available_cash: 7,
      post_trade_cash: 7,
      max_quantity: 250,
      reason: { code: "MIN_LOT_SIZE", message: "Its share is below 1,000" },
    }),
  ],
  warnings: [sampleWarning("w", { account_id: "C", message: "Small", details: { piece: 1000, rule: null } })],
  adjustment: {
    adjusted_from: "0",
    unedited_id: "0",
    fixed: { A: 6_000_000 },
    moved: [{ account_id: "B", before: 3_000_000, after: 2_000_000, difference: -1_000_000 }],
    cost: {
      unedited_std_dev: 0,
      least_std_dev: 0,
      lower_bound_std_dev: null,
      status: null,
      post_trade_std_dev: 0,
      absolute: 0,
      relative: null,
      total_difference: 0,
    },
  },
});

test("rows compare shares of the allocation with shares of NAV", () => {
  const [a, b, c] = rowsOf(allocation);
  expect([a?.share, a?.navShare, a?.againstNav]).toEqual([0.75, 0.25, 0.5]);
  expect([b?.share, b?.navShare, b?.againstNav]).toEqual([0.25, 0.75, -0.5]);
  expect([c?.share, c?.navShare, c?.againstNav]).toEqual([0, 0, 0]);
  expect([a?.metricBefore, a?.metricAfter]).toEqual([0.5, 0.25]);
  expect([a?.fixed, a?.moved, b?.fixed, b?.moved]).toEqual([true, 0, false, -1_000_000]);
});

test("a skipped account says why, with the figures behind it", () => {
  const row = rowsOf(allocation)[2];
  expect(row?.reason).toBe("Share below the minimum piece");
  expect(row?.why).toBe("Its share is below 1,000\ncould take: 250\nNAV: 0\nSmall\npiece: 1,000");
});

test("a NAV that is not known leaves all shares of NAV unknown", () => {
  const unknown = {
    ...allocation,
    allocations: [...allocation.allocations, sampleAccount("D", { nav: null })],
  };
  expect(rowsOf(unknown).map((row) => row.navShare)).toEqual([null, null, null, null]);
  expect(rowsOf(unknown)[0]?.againstNav).toBeNull();
});

test("totals add up, and are unknown where a part is", () => {
  const rows = rowsOf(allocation);
  expect(totalsOf(rows, allocation)).toMatchObject({
    id: "Total",
    name: "3 accounts",
    cashBefore: 22,
    cashAfter: 12,
  });
  const [first, ...rest] = rows;
  const gap = first ? [{ ...first, cashBefore: null }, ...rest] : [];
  expect(totalsOf(gap, allocation).cashBefore).toBeNull();
});

test.each([
  [0.0321, "+3.21"],
  [-0.5, "-50.00"],
  [0.000001, "0.00"],
  [-0.000001, "0.00"],
  [null, "–"],
])("%s in percentage points", (value, text) => {
  expect(points(value)).toBe(text);
});

test("the chart has accounts with the metric, the lowest first, and a line between the marks", () => {
  expect(pointsOf(rowsOf(allocation)).map(({ id, reach }) => [id, ...reach])).toEqual([
    ["B", 0, 0.25],
    ["A", 0.25, 0],
  ]);
  expect(extentOf(pointsOf(rowsOf(allocation)), [0])).toEqual([-0.55, 0.55]);
  expect(extentOf([], [3])).toEqual([2.95, 3.05]);
  expect([heightOf(0), heightOf(11), heightOf(1000)]).toEqual([54, 254, 234]);
});

test("the benchmark is a line where all accounts have the same", () => {
  const active = pointsOf(rowsOf(allocation));
  expect(commonBenchmark(active)).toBe(0);
  const [first, second] = active;
  expect(first && second && commonBenchmark([first, { ...second, benchmark: 1 }])).toBeNull();
  const duration = sampleAllocation({
    allocations: [
      sampleAccount("A", {
        pre_trade_metrics: metrics(0),
        post_trade_metrics: metrics(1),
        benchmark_metrics: { spread_duration: 7, duration: 9.5, oas: 50 },
      }),
    ],
  });
  duration.summary.dispersion_metrics = { ...duration.summary.dispersion_metrics, target_metric: "DURATION" };
  expect(pointsOf(rowsOf(duration))).toMatchObject([{ before: 10, after: 11, benchmark: 9.5 }]);
});

const warnings = [sampleWarning("1"), sampleWarning("2", { type: "STALE_DATA" }), sampleWarning("3")];

test("warnings are grouped by type, with what is acknowledged", () => {
  expect(
    grouped(warnings, ["3", "2"]).map(({ type, seen, warnings: all }) => [type, seen, all.length]),
  ).toEqual([
    ["INSUFFICIENT_CASH", 1, 2],
    ["STALE_DATA", 1, 1],
  ]);
  expect(open(warnings, ["3"]).map((warning) => warning.warning_id)).toEqual(["1", "2"]);
  expect(progressInWords(warnings, ["3"])).toBe("1 of 3 acknowledged");
});

test("acknowledging keeps each id once, and none of another preview", () => {
  expect(withSeen(warnings, ["3", "gone"], warnings.slice(0, 2), true)).toEqual(["1", "2", "3"]);
  expect(withSeen(warnings, ["1", "2", "3"], warnings.slice(0, 1), false)).toEqual(["2", "3"]);
});

test("The chart's axis is marked at round numbers within its bounds", () => {
  expect(roundTicks([-0.71, 0.33])).toEqual([-0.6, -0.4, -0.2, 0, 0.2]);
  expect(roundTicks([6.83, 7.32])).toEqual([6.9, 7, 7.1, 7.2, 7.3]);
  expect(roundTicks([120, 3_900])).toEqual([1_000, 2_000, 3_000]);
});
