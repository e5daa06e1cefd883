import type { Standing, Worst } from "../../api/generated/api";
import { ageWords, className, standingsWords, targetsPath, worstWords } from "./driftWords";

const WORST: Worst = { key: "bonds", side: "UNDER", difference: -7.2, band: 5, ratio: 1.44, is_out: true };

function standing(account_id: string, more: Partial<Standing> = {}): Standing {
  return {
    reference_date: null,
    reference_age_business_days: null,
    stale: null,
    account_id,
    account_name: account_id,
    portfolio_groups: ["G"],
    nav: 100,
    target_set_id: "s",
    target_set_version: 1,
    scope: "GROUP",
    scope_id: "G",
    dimension: "ASSET_CLASS",
    total_drift: 14.4,
    needs_rebalancing: true,
    worst: WORST,
    warnings: [],
    ...more,
  };
}
const INSIDE = { needs_rebalancing: false, worst: { ...WORST, difference: -1, is_out: false } };

test("an account of two sets counts once, and the first row is the worst", () => {
  const rows = [
    standing("A"),
    standing("A", { dimension: "SECTOR" }),
    standing("B", INSIDE),
    standing("C", INSIDE),
  ];
  expect(standingsWords(rows)).toBe(
    "1 of 3 accounts with targets is out of band. The worst is A: Bonds 7.20 points under its target, beyond its band of 5.00 points.",
  );
});

test("without breaches it says so, and tells what could not be measured", () => {
  expect(standingsWords([standing("A", INSIDE), standing("B", INSIDE)])).toBe(
    "All 2 accounts with targets are within their bands.",
  );
  const unknown = standing("C", { needs_rebalancing: false, worst: null, total_drift: null });
  expect(standingsWords([standing("A", INSIDE), unknown])).toBe(
    "No account of 2 with targets is out of band. 1 account cannot be measured: see the warnings.",
  );
});

test("metrics drift in years, with four decimals", () => {
  expect(
    worstWords("METRIC", { ...WORST, key: "SPREAD_DURATION", side: "OVER", difference: 0.31, band: 0.25 }),
  ).toBe("Spread duration 0.3100 years over its target, beyond its band of 0.2500 years");
});

test("codes of the market keep their capitals", () => {
  expect(className("RATING", "BBB")).toBe("BBB");
  expect(className("SECTOR", "GOVT")).toBe("GOVT");
  expect(className("ASSET_CLASS", "etfs")).toBe("ETFs");
  expect(className("COUNTRY", "cash")).toBe("Cash");
});

test("the age of the data says when it is stale", () => {
  const of = { reference_date: "2026-06-26", reference_age_business_days: 2, stale: true };
  expect(ageWords(of)).toBe("2026-06-26, 2 business days old: stale");
  expect(ageWords({ ...of, reference_age_business_days: 0, stale: false })).toBe("2026-06-26, of today");
});

test("a name in the address of targets is escaped", () => {
  expect(targetsPath("ACCOUNT", "A & B", "SECTOR")).toBe(
    "/drift/targets?scope=ACCOUNT&id=A+%26+B&dimension=SECTOR",
  );
});
