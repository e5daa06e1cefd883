import type { SecurityHit } from "../../../api/generated/api";
import { inputsOf } from "../stored/inputs";
import { sampleAllocation } from "../view/sample";
import { readEdit } from "./edits";
import { secondsLeft, timeInWords } from "./expiry";
import { stepOf } from "./fields";
import { inputsAgain } from "./inputsAgain";

const BOND = { cusip: "912828AA1", description: "UST 4.125 2033" } as SecurityHit;

test.each([
  ["2026-11-30T15:15:00Z", 900],
  ["2026-11-30T15:00:00.200Z", 1],
  ["2026-11-30T14:00:00Z", 0],
])("until %s", (moment, seconds) => {
  expect(secondsLeft(moment, Date.parse("2026-11-30T15:00:00Z"))).toBe(seconds);
});

test.each([
  [900, "15 minutes"],
  [899, "14 minutes"],
  [120, "2 minutes"],
  [119, "1 minute 59 seconds"],
  [61, "1 minute 1 second"],
  [60, "1 minute"],
  [59, "59 seconds"],
  [1, "1 second"],
  [0, "0 seconds"],
])("%d seconds", (seconds, words) => {
  expect(timeInWords(seconds)).toBe(words);
});

test.each([
  ["order.quantity", "order-entry"],
  ["portfolio_groups", "order-entry"],
  ["portfolio_groups.0", "order-entry"],
  ["allocation_method", "allocation-method"],
  ["parameters.weights.PPR-001", "allocation-method"],
  ["constraints[0]", "allocation-method"],
  ["DPLB-02", null],
  ["orders", null],
])("the step of %s", (field, step) => {
  expect(stepOf(field)).toBe(step);
});

test.each([
  ["1.5mm", 0, { kind: "EDIT", face: 1_500_000 }],
  ["0", 5000, { kind: "EDIT", face: 0 }],
  ["507000", 507_000, { kind: "NONE" }],
  ["508000", 507_000, { kind: "EDIT", face: 508_000 }],
  [" ", 0, { kind: "NONE" }],
  ["5", 0, { kind: "FAULT", message: "5 or 5,000,000? Type 5mm for 5,000,000." }],
  ["-5mm", 0, { kind: "FAULT", message: "Type the size without a sign: the side says which way." }],
])("an edit of %s where there is %s", (text, present, read) => {
  expect(readEdit(text, "MILLION", present)).toEqual(read);
});

test("inputs that were left as they are, are not stated again", () => {
  expect(inputsAgain(sampleAllocation(), BOND, "2026-11-30")).toEqual({
    security: BOND,
    side: "BUY",
    sizeKind: "quantity",
    size: 8_000_000,
    sizeText: "8000000",
    settlementDate: "2026-12-01",
    groups: ["CORE"],
    method: "MIN_DISPERSION",
    parameters: { MIN_DISPERSION: {} },
    constraints: {},
  });
});

test("sizes, prices, parameters, wishes and edits are stated as they were", () => {
  const plain = sampleAllocation();
  const allocation = sampleAllocation({
    order: {
      ...plain.order,
      requested_percent_of_nav: 0.07,
      price_source: "REQUEST",
      settlement_date: "2026-11-20",
    },
    parameters: { ...plain.parameters, tolerance: 0.1, fairness: "LEDGER" },
    constraints: {
      ...plain.constraints,
      respect_cash: false,
      account_limits: { B: { max: 5 }, C: { min: 1 } },
    },
    adjustment: {
      adjusted_from: "0",
      unedited_id: "0",
      fixed: { B: 7 },
      moved: [],
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
  expect(inputsAgain(allocation, BOND, "2026-11-30")).toMatchObject({
    sizeKind: "percent_of_nav",
    size: 0.07,
    sizeText: "7",
    settlementDate: null,
    price: 98.5,
    priceText: "98.5",
    parameters: { MIN_DISPERSION: { tolerance: 0.1, fairness: "LEDGER" } },
    constraints: { respect_cash: false, account_limits: { B: { fixed: 7 }, C: { min: 1 } } },
  });
});

test("inputs in words, one line each", () => {
  const plain = sampleAllocation();
  const allocation = sampleAllocation({
    order: { ...plain.order, requested_notional: 1_000_000 },
    parameters: { ...plain.parameters, tiers: [["A", "B"], ["C"]] },
    constraints: {
      ...plain.constraints,
      exclude_accounts: [{ account_id: "D", reason: "client asked" }],
      account_limits: { A: { min: 1000, max: null } },
    },
  });
  expect(inputsOf(allocation)).toEqual([
    ["Size", "1,000,000.00 notional"],
    ["Price", "98.500 (ALADDIN)"],
    ["Settlement date", "2026-12-01"],
    ["Method", "Min dispersion"],
    ["Groups", "CORE"],
    ["Tiers", "(A, B), (C)"],
    ["Exclude accounts", "account id D, reason client asked"],
    ["Account limits", "A min 1,000"],
  ]);
});
