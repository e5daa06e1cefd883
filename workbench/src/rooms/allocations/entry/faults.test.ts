import type { Desk, SecurityHit } from "../../../api/generated/api";
import { type Draft, emptyDraft } from "../draftSlice";
import { changesOf, draftOf, type EntryLimits, entryFaults, valuesOf } from "./faults";

const BOND = { cusip: "91282CKF7", min_denomination: 1_000, increment: 1_000 } as SecurityHit;
const DESK = {
  quantity_m: "MILLION",
  warn_above_quantity: 50_000_000,
  max_quantity: 250_000_000,
} as Desk;
const LIMITS: EntryLimits = { desk: DESK, businessDate: "2026-11-30", pricedFace: null };

function order(change: Partial<Draft>): Draft {
  return {
    ...emptyDraft,
    security: BOND,
    sizeText: "5mm",
    size: 5_000_000,
    groups: ["PUBLICPRE"],
    ...change,
  };
}

test("an empty order lacks three things, all said at once", () => {
  expect(entryFaults(emptyDraft, LIMITS)).toEqual([
    "Choose a bond.",
    "Type a size.",
    "Choose at least one group.",
  ]);
});

test("a complete order lacks nothing", () => {
  expect(entryFaults(order({}), LIMITS)).toEqual([]);
  expect(
    entryFaults(order({ settlementDate: "2026-11-30", priceText: "99.5", price: 99.5 }), LIMITS),
  ).toEqual([]);
});

test.each<[string, Partial<Draft>, string]>([
  ["an unanswered question", { sizeText: "5", size: null }, "Say which is meant: 5 or 5,000,000."],
  ["a piece too small", { sizeText: "500.0", size: null }, "Say which is meant: 500 or 500,000,000."],
  [
    "a size off the grid",
    { sizeText: "1,000,500", size: null },
    "This is no multiple of 1,000, the step of this bond.",
  ],
  [
    "a size over the desk's maximum",
    { sizeText: "251mm", size: null },
    "No more than 250,000,000 is possible.",
  ],
  [
    "a size to confirm",
    { sizeText: "60mm", size: 60_000_000 },
    "Confirm the size of 60,000,000: it is above the desk's warning size.",
  ],
  [
    "another size than was confirmed",
    { sizeText: "60mm", size: 60_000_000, confirmedFace: 55_000_000 },
    "Confirm the size of 60,000,000: it is above the desk's warning size.",
  ],
  [
    "an impossible date",
    { settlementDate: "2026-02-30" },
    "Type a date as YYYY-MM-DD, or nothing for standard settlement.",
  ],
  [
    "a date that has passed",
    { settlementDate: "2026-11-29" },
    "The settlement date lies before the business date 2026-11-30.",
  ],
  [
    "a price that is none",
    { priceText: "99-16" },
    "Type a clean price in decimals, such as 98.5, or nothing for the market's.",
  ],
  [
    "per cent that are none",
    { sizeKind: "percent_of_nav", sizeText: "5mm" },
    "Type per cent of NAV, such as 0.5 for 0.5 %.",
  ],
])("%s", (_case, change, message) => {
  expect(entryFaults(order(change), LIMITS)).toEqual([message]);
});

test("what was confirmed, and a sale of odd pieces, are taken", () => {
  expect(
    entryFaults(order({ sizeText: "60mm", size: 60_000_000, confirmedFace: 60_000_000 }), LIMITS),
  ).toEqual([]);
  expect(entryFaults(order({ side: "SELL", sizeText: "1,000,500.25", size: 1_000_500.25 }), LIMITS)).toEqual(
    [],
  );
});

test("a share of NAV is held against the face that the server made of it", () => {
  const share = order({ sizeKind: "percent_of_nav", sizeText: "5", size: 0.05 });
  expect(entryFaults(share, LIMITS)).toEqual([]);
  expect(entryFaults(share, { ...LIMITS, pricedFace: 300_000_000 })).toEqual([
    "This comes to 300,000,000 face; one order may have 250,000,000.",
  ]);
});

test("values go to the form and back into the draft", () => {
  expect(draftOf(valuesOf(order({ settlementDate: "2026-12-02", priceText: "99.5" })))).toMatchObject({
    settlementDate: "2026-12-02",
    price: 99.5,
    size: 5_000_000,
  });
  expect(draftOf({ ...valuesOf(order({})), settlementDate: " ", priceText: "x" })).toMatchObject({
    settlementDate: null,
    price: null,
  });
});

test("only what differs is changed, so that a preview of the same order stays one", () => {
  const draft = order({ priceText: "99.5", price: 99.5 });
  expect(changesOf(draft, valuesOf(draft))).toEqual({});
  expect(changesOf(draft, { ...valuesOf(draft), priceText: "" })).toEqual({ priceText: "", price: null });
  expect(changesOf(draft, { ...valuesOf(draft), groups: ["PUBLICPRE", "BIG6"] })).toEqual({
    groups: ["PUBLICPRE", "BIG6"],
  });
});
