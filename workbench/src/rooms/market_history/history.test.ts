import { assetPath, gapsOf, gapWords, pricesOf, priceWords, thinned } from "./history";

const series = (days: Record<string, number | null>) =>
  pricesOf({ dates: Object.keys(days), prices: Object.values(days) });

test("days without a price are left out", () => {
  expect(series({ "2026-06-29": 100, "2026-06-30": null, "2026-07-01": 0.5 })).toEqual([
    { at: Date.UTC(2026, 5, 29), day: "2026-06-29", price: 100 },
    { at: Date.UTC(2026, 6, 1), day: "2026-07-01", price: 0.5 },
  ]);
  expect(pricesOf({ dates: ["2026-06-29"], prices: null })).toEqual([]);
});

test("a weekend with a holiday is no gap, and a day more is one; the longest comes first", () => {
  const prices = series({
    "2026-07-02": 1, // Thursday; Friday is a holiday, and Monday is 4 days later.
    "2026-07-06": 1,
    "2026-07-11": 1,
    "2026-07-20": 1,
  });
  expect(gapsOf(prices)).toEqual([
    { from: "2026-07-11", to: "2026-07-20", days: 9 },
    { from: "2026-07-06", to: "2026-07-11", days: 5 },
  ]);
  expect(gapsOf([])).toEqual([]);
});

test("a change of clocks makes no day longer", () => {
  expect(gapsOf(series({ "2026-03-06": 1, "2026-03-10": 1, "2026-10-30": 1, "2026-11-03": 1 }))).toEqual([
    { from: "2026-03-10", to: "2026-10-30", days: 234 },
  ]);
});

test("a long series is thinned to its ends and days between them", () => {
  const days = Array.from({ length: 2_521 }, (_, day) => day);
  const few = thinned(days, 5);
  expect(few).toEqual([0, 630, 1260, 1890, 2520]);
  expect(thinned(few, 5)).toBe(few);
});

test("the picture is told in words", () => {
  expect(priceWords("ACME", series({ "2026-06-29": 100, "2026-06-30": 80, "2026-07-01": 125 }))).toBe(
    "ACME: 3 prices from 2026-06-29 to 2026-07-01, between 80.000 and 125.000. " +
      "First 100.000, last 125.000, a change of 25.00%.",
  );
  expect(priceWords("ACME", [])).toBe("ACME has no price in these dates.");
  expect(gapWords([])).toBe("No two prices are more than 4 calendar days apart in these dates.");
  expect(gapWords([{ from: "2026-07-01", to: "2026-07-08", days: 7 }])).toBe(
    "1 time two prices are more than 4 calendar days apart.",
  );
});

test("a symbol keeps its signs in the address", () => {
  expect(assetPath("A&B/C")).toBe("/market-data?asset=A%26B%2FC");
});
