import type { AccountLedger, LedgerReport, LeftOut, Peak, Side } from "../../api/generated/api";
import { count, face, words } from "../../kit/format";

/** A ledger's name: PUBLICPRE buys. */
export function ledgerName(scope: string, side: Side): string {
  return `${scope} ${side === "BUY" ? "buys" : "sales"}`;
}

/** Pieces with one decimal: 2,314.4. */
export const pieces = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  .format;

/** How large a balance was, whose, and after which day. */
export function peakWords(peak: Peak): string {
  if (peak.account_id === null || peak.scope === null || peak.side === null) return "none";
  return (
    `${face(peak.quantity)} face (${pieces(peak.pieces)} minimum pieces): ${peak.account_id} in ` +
    `${ledgerName(peak.scope, peak.side)}, on ${peak.business_date}`
  );
}

/** What the report is over, in sentences. */
export function reportWords(report: LedgerReport): string[] {
  const found = [`Orders that gave accounts something: ${count(report.orders)}.`];
  if (report.provisional > 0)
    found.push(`Of these ${count(report.provisional)} may still change, and their balances with them.`);
  if (report.not_filled > 0)
    found.push(`Left out, because they ended without a fill: ${count(report.not_filled)}.`);
  if (report.before_ledger > 0)
    found.push(`Left out, because they are older than the ledger: ${count(report.before_ledger)}.`);
  found.push(`Greatest balance of any account after any order: ${peakWords(report.greatest_quantity)}.`);
  found.push(
    report.balance_sum === 0
      ? "All balances together are 0, as they must be."
      : `All balances together are ${face(report.balance_sum)}, and should be 0.`,
  );
  return found;
}

/** Why orders left an account out before the split: Insufficient cash 2, No weight 1. */
export function leftOutWords(reasons: readonly LeftOut[]): string {
  return reasons
    .map(
      ({ reason_code, orders }) =>
        `${reason_code ? words(reason_code) : "No weight in the policy"} ${count(orders)}`,
    )
    .join(", ");
}

/** Key of the ledger of a line, as it stands in the address. */
export function ledgerKey({ scope, side }: { scope: string; side: Side }): string {
  return `${side}.${scope}`;
}

export interface Span {
  account: string;
  name: string;
  /** The most that it had had too much, negative, and the most that it was owed. */
  range: [number, number];
  end: number;
}

const MAX_SPANS = 40;

/** The accounts of a picture: the widest ranges first, at most 40 of them. */
export function spans(accounts: readonly AccountLedger[]): Span[] {
  return accounts
    .map((each) => ({
      account: each.account_id,
      name: each.account_name ?? "",
      range: [0 - each.greatest_excess, each.greatest_shortfall] as [number, number],
      end: each.balance_end,
    }))
    .sort((a, b) => b.range[1] - b.range[0] - (a.range[1] - a.range[0]))
    .slice(0, MAX_SPANS);
}
