import type { OrderCapacity, SecurityHit } from "../../../api/generated/api";
import { type Draft, emptyDraft } from "../draftSlice";
import { capacityText, chosenRequest, everyGroupRequest } from "./capacityRequests";

const BOND = { cusip: "91282CKF7" } as SecurityHit;
const ORDER: Draft = { ...emptyDraft, security: BOND, size: 5_000_000, groups: ["PUBLICPRE"] };

test("nothing is asked before there is a bond, a size and a group", () => {
  expect(chosenRequest({ ...ORDER, security: null })).toBeNull();
  expect(chosenRequest({ ...ORDER, size: null })).toBeNull();
  expect(chosenRequest({ ...ORDER, groups: [] })).toBeNull();
  expect(chosenRequest({ ...ORDER, settlementDate: "2026-1" })).toBeNull();
  expect(chosenRequest({ ...ORDER, priceText: "98," })).toBeNull();
  expect(everyGroupRequest({ ...ORDER, security: null }, ["A"], undefined)).toBeNull();
  expect(everyGroupRequest(ORDER, [], undefined)).toBeNull();
});

test("the chosen groups are asked for the order as it stands", () => {
  expect(
    chosenRequest({
      ...ORDER,
      sizeKind: "percent_of_nav",
      size: 0.01,
      priceText: "98.5",
      price: 98.5,
      side: "SELL",
    }),
  ).toEqual({
    order: { security_id: "91282CKF7", side: "SELL", percent_of_nav: 0.01, price: 98.5 },
    portfolio_groups: ["PUBLICPRE"],
    constraints: {},
  });
});

test("every group is asked for the face that is typed, else for the most", () => {
  expect(everyGroupRequest(ORDER, ["A", "B"], undefined)).toEqual({
    order: { security_id: "91282CKF7", side: "BUY", quantity: 5_000_000 },
    portfolio_groups: ["A", "B"],
  });
  expect(everyGroupRequest({ ...ORDER, size: null }, ["A"], undefined)?.order.quantity).toBe(
    1_000_000_000_000,
  );
  expect(everyGroupRequest({ ...ORDER, sizeKind: "notional" }, ["A"], undefined)?.order.quantity).toBe(
    1_000_000_000_000,
  );
});

test("what the groups could take, in words", () => {
  const takes = { capacity: 5_000_000, order: { total_quantity: 5_000_000 }, reason: null } as OrderCapacity;
  expect(capacityText(takes)).toEqual({
    text: "The chosen groups could take all of 5,000,000.",
    short: false,
  });
  expect(capacityText({ ...takes, capacity: 4_200_000 })).toEqual({
    text: "The chosen groups could take 4,200,000 of 5,000,000: 800,000 would stay unallocated.",
    short: true,
  });
  expect(
    capacityText({
      ...takes,
      capacity: 0,
      reason: { code: "COMPLIANCE", message: "The bond is barred" },
    }).text,
  ).toBe(
    "The chosen groups could take 0 of 5,000,000: 5,000,000 would stay unallocated. The bond is barred.",
  );
});

test("of a sale, accounts sell", () => {
  const order = { total_quantity: 600_000, side: "SELL" };
  expect(capacityText({ capacity: 600_000, order, reason: null } as OrderCapacity).text).toBe(
    "The chosen groups could sell all of 600,000.",
  );
});
