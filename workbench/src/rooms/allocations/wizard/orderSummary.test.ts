import type { PricedOrder, SecurityHit } from "../../../api/generated/api";
import { type Draft, emptyDraft } from "../draftSlice";
import { orderSummary } from "./orderSummary";

const BOND = { cusip: "91282CKF7", description: "US Treasury 4 10/31/2031", currency: "USD" } as SecurityHit;
const PRICED = { settlement_date: "2026-12-01", total_quantity: 132_117_000 } as PricedOrder;
const ORDER: Draft = { ...emptyDraft, security: BOND, size: 5_000_000, groups: ["PUBLICPRE", "CORE"] };

test.each<[string, Partial<Draft>]>([
  ["BUY 5,000,000 US Treasury 4 10/31/2031 · standard settlement · PUBLICPRE, CORE", {}],
  ["BUY 5,000,000 US Treasury 4 10/31/2031 · settle 2026-12-01 · PUBLICPRE, CORE", { priced: PRICED }],
  [
    "SELL 5,000,000 US Treasury 4 10/31/2031 · at 98.5 · settle 2026-12-03 · PUBLICPRE, CORE",
    { side: "SELL", price: 98.5, settlementDate: "2026-12-03", priced: PRICED },
  ],
  [
    "BUY 1 % of NAV (132,117,000 face) US Treasury 4 10/31/2031 · settle 2026-12-01 · A, B, C, D and 2 more",
    { sizeKind: "percent_of_nav", size: 0.01, priced: PRICED, groups: ["A", "B", "C", "D", "E", "F"] },
  ],
  [
    "BUY 2,000,000 USD notional US Treasury 4 10/31/2031 · standard settlement · A",
    { sizeKind: "notional", size: 2_000_000, groups: ["A"] },
  ],
  ["No order yet: choose a bond, a size and groups.", { security: null, size: null, groups: [] }],
  [
    "BUY size? bond? · standard settlement · groups?",
    { sizeText: "5", security: null, size: null, groups: [] },
  ],
])("%s", (summary, change) => {
  expect(orderSummary({ ...ORDER, ...change })).toBe(summary);
});
