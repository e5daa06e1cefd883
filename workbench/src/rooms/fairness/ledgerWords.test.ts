import type { AccountLedger, LedgerReport, Peak } from "../../api/generated/api";
import { leftOutWords, peakWords, reportWords, spans } from "./ledgerWords";

const PEAK: Peak = {
  quantity: 210_000.5,
  pieces: 2.1,
  scope: "PUBLICPRE",
  side: "SELL",
  account_id: "PPR-003",
  business_date: "2026-11-30",
  order_id: "9001",
};
const NONE: Peak = { ...PEAK, quantity: 0, pieces: 0, scope: null, side: null, account_id: null };

test("a peak", () => {
  expect(peakWords(PEAK)).toBe(
    "210,000.5 face (2.1 minimum pieces): PPR-003 in PUBLICPRE sales, on 2026-11-30",
  );
  expect(peakWords(NONE)).toBe("none");
});

test("a report in sentences, those of nothing left away", () => {
  const report = {
    orders: 12,
    provisional: 3,
    not_filled: 0,
    before_ledger: 1,
    greatest_quantity: NONE,
    balance_sum: 0,
  } as LedgerReport;
  expect(reportWords(report)).toEqual([
    "Orders that gave accounts something: 12.",
    "Of these 3 may still change, and their balances with them.",
    "Left out, because they are older than the ledger: 1.",
    "Greatest balance of any account after any order: none.",
    "All balances together are 0, as they must be.",
  ]);
  expect(reportWords({ ...report, balance_sum: 5 }).at(-1)).toBe(
    "All balances together are 5, and should be 0.",
  );
});

test("reasons with their number of orders", () => {
  expect(
    leftOutWords([
      { reason_code: "INSUFFICIENT_CASH", orders: 2 },
      { reason_code: null, orders: 1 },
    ]),
  ).toBe("Insufficient cash 2, No weight in the policy 1");
});

test("the widest ranges come first", () => {
  const line = (account_id: string, greatest_excess: number, greatest_shortfall: number) =>
    ({
      account_id,
      account_name: null,
      greatest_excess,
      greatest_shortfall,
      balance_end: 1,
    }) as AccountLedger;
  expect(spans([line("A", 0, 5), line("B", 10, 5), line("C", 0, 0)])).toEqual([
    { account: "B", name: "", range: [-10, 5], end: 1 },
    { account: "A", name: "", range: [0, 5], end: 1 },
    { account: "C", name: "", range: [0, 0], end: 1 },
  ]);
});
