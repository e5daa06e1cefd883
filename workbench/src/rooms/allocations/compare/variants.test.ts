import type { PreviewRequest, ShownVariant } from "../../../api/generated/api";
import {
  aboveLeast,
  addedPlan,
  comparisonRequest,
  defaultPlans,
  isOfDraft,
  leastDispersion,
  nameFaults,
  withBase,
  withFairness,
} from "./variants";

test("at first both methods are compared, by themselves and by the ledger", () => {
  expect(defaultPlans({ parameters: {} })).toEqual([
    { key: 0, name: "Pro-rata", method: "PRO_RATA", parameters: { fairness: "PER_ORDER" } },
    { key: 1, name: "Min dispersion", method: "MIN_DISPERSION", parameters: { fairness: "PER_ORDER" } },
    { key: 2, name: "Pro-rata by ledger", method: "PRO_RATA", parameters: { fairness: "LEDGER" } },
    {
      key: 3,
      name: "Min dispersion by ledger",
      method: "MIN_DISPERSION",
      parameters: { fairness: "LEDGER" },
    },
  ]);
});

test("custom weights and another base are compared where the order has them", () => {
  const plans = defaultPlans({
    parameters: {
      PRO_RATA: { base_metric: "GAP", tiers: [["A"]] },
      CUSTOM_WEIGHTS: { weights: { A: 1 } },
      MIN_DISPERSION: { fairness: "LEDGER", fairness_weight: 3 },
    },
  });
  expect(plans.map(({ name, parameters }) => [name, parameters])).toEqual([
    ["Pro-rata", { tiers: [["A"]], fairness: "PER_ORDER" }],
    ["Custom weights", { weights: { A: 1 } }],
    ["Pro-rata, gap to the benchmark", { tiers: [["A"]], base_metric: "GAP" }],
    ["Min dispersion", { fairness: "PER_ORDER" }],
    ["Pro-rata by ledger", { tiers: [["A"]], fairness: "LEDGER" }],
    ["Min dispersion by ledger", { fairness: "LEDGER", fairness_weight: 3 }],
  ]);
});

test("a variant that is added has a name of its own", () => {
  const [first] = defaultPlans({ parameters: {} });
  const plans = first ? [first] : [];
  const added = addedPlan(plans, "PRO_RATA", {});
  expect(added).toEqual({ key: 1, name: "Pro-rata 2", method: "PRO_RATA", parameters: {} });
  expect(nameFaults([...plans, { ...added, name: " Pro-rata " }, { ...added, key: 2, name: "" }])).toEqual({
    0: "Another variant has this name.",
    1: "Another variant has this name.",
    2: "A name is needed.",
  });
});

test("the ledger goes with the base NAV alone, and its weight with the ledger", () => {
  const plan = {
    key: 0,
    name: "A",
    method: "PRO_RATA" as const,
    parameters: { fairness: "LEDGER" as const },
  };
  expect(withBase(plan, "CASH", {}).parameters).toEqual({ base_metric: "CASH" });
  expect(
    withBase(plan, "ORDER_SIZE", { base_metric: "ORDER_SIZE", base_amounts: { A: 5 } }).parameters,
  ).toEqual({
    base_metric: "ORDER_SIZE",
    base_amounts: { A: 5 },
  });
  const weighed = { ...plan, parameters: { fairness: "LEDGER" as const, fairness_weight: 3 } };
  expect(withFairness(weighed, "PER_ORDER").parameters).toEqual({ fairness: "PER_ORDER" });
  expect(withFairness(weighed, null).parameters).toEqual({});
});

test("the request has the order once and the variants", () => {
  const request: PreviewRequest = {
    order: { security_id: "91282CKF7", side: "BUY", quantity: 8_000_000 },
    allocation_method: "PRO_RATA",
    portfolio_groups: ["PUBLICPRE"],
    parameters: { base_metric: "GAP" },
  };
  const plan = { key: 7, name: " by NAV ", method: "PRO_RATA" as const, parameters: {} };
  expect(comparisonRequest(request, [plan])).toEqual({
    order: { security_id: "91282CKF7", side: "BUY", quantity: 8_000_000 },
    portfolio_groups: ["PUBLICPRE"],
    variants: [{ name: "by NAV", allocation_method: "PRO_RATA" }],
  });
});

test("a comparison is of the draft if bond, side, size and groups are", () => {
  const draft = {
    security: { cusip: "91282CKF7" } as Parameters<typeof isOfDraft>[0]["security"],
    side: "BUY" as const,
    sizeKind: "notional" as const,
    size: 2_000_000,
    groups: ["B", "A"],
    settlementDate: null,
    price: null,
    priced: null,
  };
  const order = {
    security_id: "91282CKF7",
    side: "BUY" as const,
    total_quantity: 2_030_000,
    requested_notional: 2_000_000,
    requested_percent_of_nav: null,
    settlement_date: "2026-12-01",
    price: 98.5,
    accrued: 0,
    price_source: "ALADDIN",
  };
  expect(isOfDraft(draft, { order, portfolio_groups: ["A", "B"] })).toBe(true);
  expect(isOfDraft({ ...draft, size: 3_000_000 }, { order, portfolio_groups: ["A", "B"] })).toBe(false);
  expect(
    isOfDraft({ ...draft, sizeKind: "quantity", size: 2_030_000 }, { order, portfolio_groups: ["A", "B"] }),
  ).toBe(false);
  expect(isOfDraft(draft, { order, portfolio_groups: ["A"] })).toBe(false);
});

test("a comparison at another price or for another day is not of this order", () => {
  const draft = {
    security: { cusip: "91282CKF7" } as Parameters<typeof isOfDraft>[0]["security"],
    side: "SELL" as const,
    sizeKind: "quantity" as const,
    size: 5_000_000,
    groups: ["A"],
    settlementDate: "2026-12-01",
    price: 101.5,
    priced: null,
  };
  const order = {
    security_id: "91282CKF7",
    side: "SELL" as const,
    total_quantity: 5_000_000,
    requested_notional: null,
    requested_percent_of_nav: null,
    settlement_date: "2026-12-01",
    price: 101.5,
    accrued: 0,
    price_source: "REQUEST",
  };
  const compared = (changes: Partial<typeof order>) => ({
    order: { ...order, ...changes },
    portfolio_groups: ["A"],
  });
  expect(isOfDraft(draft, compared({}))).toBe(true);
  expect(isOfDraft(draft, compared({ price: 98.5 }))).toBe(false);
  expect(isOfDraft(draft, compared({ price_source: "ALADDIN" }))).toBe(false);
  expect(isOfDraft({ ...draft, price: null }, compared({}))).toBe(false);
  expect(isOfDraft(draft, compared({ settlement_date: "2026-12-02" }))).toBe(false);
});

test("dispersions compare where they are measured alike", () => {
  const variant = (metric: string, deviation: number | null) =>
    ({
      parameters: { target_metric: metric, weighting: "EQUAL" },
      summary: deviation === null ? null : { dispersion_metrics: { post_trade_std_dev: deviation } },
    }) as ShownVariant;
  const variants = [variant("OAS", 4), variant("DURATION", 0.2), variant("OAS", 5), variant("OAS", null)];
  expect(leastDispersion(variants, variant("OAS", 5))).toBe(4);
  expect(leastDispersion(variants, variant("DTS", null))).toBeNull();
  expect(aboveLeast(5, 4)).toBe(0.25);
  expect(aboveLeast(4, 4)).toBe(0);
  expect(aboveLeast(5, null)).toBeNull();
});
