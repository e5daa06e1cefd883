import type { Cell, ComparedAccount } from "../../../api/generated/api";
import { barsOf, barsText, differenceAt, MOST_BARS, scaleOf, shownAccounts } from "./rows";

function row(id: string, ...faces: (number | null)[]): ComparedAccount {
  return {
    account_id: id,
    account_name: id,
    nav: 1,
    benchmark_metrics: null as unknown as ComparedAccount["benchmark_metrics"],
    variants: faces.map((value) =>
      value === null
        ? null
        : ({ variant: "x", allocated_quantity: value, post_trade_metric: null, reason: null } as Cell),
    ) as ComparedAccount["variants"],
  };
}

const ROWS = [row("A", 1_000, null, 4_000), row("B", 3_000, null, 0)];

test("differences are from the first variant, and none where one failed", () => {
  expect(differenceAt(ROWS[0] as ComparedAccount, 2, 0)).toBe(3_000);
  expect(differenceAt(ROWS[1] as ComparedAccount, 2, 0)).toBe(-3_000);
  expect(differenceAt(ROWS[0] as ComparedAccount, 1, 0)).toBeNull();
});

test("all charts have the scale of the greatest bar", () => {
  expect(scaleOf(ROWS, 3)).toBe(4_000);
  expect(scaleOf([row("A", 4_272_000)], 1)).toBe(5_000_000);
  expect(scaleOf([row("A", 900)], 1)).toBe(1_000);
  expect(scaleOf([row("A", null)], 1)).toBe(1);
  expect(barsOf(ROWS, 2)).toEqual([
    { account: "A", face: 4_000 },
    { account: "B", face: 0 },
  ]);
});

test("of many accounts the largest are drawn, in the order of the table", () => {
  const rows = Array.from({ length: MOST_BARS + 2 }, (_, i) => row(`A${i}`, i === 0 ? 0 : i === 5 ? 1 : 100));
  const shown = shownAccounts(rows);
  expect(shown).toHaveLength(60);
  expect(shown[0]?.account_id).toBe("A1");
  expect(shown.map(({ account_id }) => account_id)).not.toContain("A5");
});

test("a chart has words", () => {
  expect(barsText({ allocations: ROWS }, 0)).toBe("2 of 2 accounts get some; most 3,000 for B.");
  expect(barsText({ allocations: ROWS }, 1)).toBe("No account gets any.");
});
