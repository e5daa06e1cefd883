import type { BookDrift, SetDrift } from "../../api/generated/api";
import { dimensionsOf, heatColour, heatOf } from "./heat";

function drift(points: Record<string, number>, more: Partial<SetDrift> = {}): SetDrift {
  return {
    target_set_id: "s",
    target_set_version: 1,
    scope: "GROUP",
    scope_id: "G",
    dimension: "SECTOR",
    classes: Object.entries(points).map(([key, difference_percent]) => ({
      key,
      current_value: 0,
      current_percent: 0,
      target_percent: 0,
      target_value: 0,
      difference: 0,
      difference_percent,
      band: 5,
      is_out: Math.abs(difference_percent) > 5,
    })),
    metrics: [],
    total_drift: 0,
    needs_rebalancing: false,
    worst: null,
    warnings: [],
    ...more,
  };
}

function book(account_id: string, drifts: SetDrift[]): BookDrift {
  return {
    reference_date: null,
    reference_age_business_days: null,
    stale: null,
    account_id,
    account_name: account_id,
    nav: 1,
    currency: "USD",
    needs_rebalancing: false,
    drifts,
    warnings: [],
  };
}

test("the worst account is first, one that is not measured last, and each class has its column", () => {
  const books = [
    book("A", []),
    book("B", [drift({ GOVT: 2, cash: -2 })]),
    book("C", [drift({ GOVT: -10, Energy: 10 })]),
  ];
  const { rows, classes } = heatOf(books, "SECTOR");
  expect(rows.map(({ account }) => account.account_id)).toEqual(["C", "B", "A"]);
  expect(classes).toEqual(["GOVT", "Cash", "Energy"]);
  expect(rows[0]?.cells.get("GOVT")).toEqual({ drift: -10, heat: -2, isOut: true });
  expect(dimensionsOf(books)).toEqual(["SECTOR"]);
});

test("a metric that is not known has no cell", () => {
  const shared = { relative_to: "BENCHMARK" as const, current: null, benchmark: 5, target: 0, band: 0.25 };
  const metrics: SetDrift["metrics"] = [
    { ...shared, metric: "DURATION", difference: null, is_out: false },
    { ...shared, metric: "SPREAD_DURATION", difference: 0.5, is_out: true },
  ];
  const { classes } = heatOf([book("A", [drift({}, { dimension: "METRIC", metrics })])], "METRIC");
  expect(classes).toEqual(["Spread duration less benchmark"]);
});

test("too much and too little have different colours, full at twice the band", () => {
  expect(heatColour(0)).toBe("transparent");
  expect(heatColour(-1)).toBe("color-mix(in srgb, var(--mui-palette-info-main) 20%, transparent)");
  expect(heatColour(7)).toBe("color-mix(in srgb, var(--mui-palette-warning-main) 40%, transparent)");
});
