import type { Allocation, Desk } from "../../../api/generated/api";
import { cents, count, face } from "../../../kit/format";
import { numberInWords } from "../../../kit/numberWords";

/** What a commit will send, in full numbers and words. */
export function confirmationInWords(
  allocation: Allocation,
  bond: { description: string; currency: string },
): string {
  const { order, summary } = allocation;
  const accounts =
    summary.accounts_allocated === 1 ? "1 account" : `${count(summary.accounts_allocated)} accounts`;
  const side = order.side === "BUY" ? "Buy" : "Sell";
  const total = summary.total_allocated;
  return (
    `${side} ${face(total)} (${numberInWords(total)}) face of ${bond.description} (${order.security_id}) ` +
    `for ${accounts}, settling ${order.settlement_date}, about ${cents(summary.total_settlement_amount)} ${bond.currency}.`
  );
}

/** Whether this commit will wait for another user, by the desk's settings (R10.12); the service decides. */
export function needsApproval(allocation: Allocation, desk: Desk | undefined): boolean {
  if (!desk) return false;
  const above =
    desk.approval_above_notional !== null && allocation.summary.total_notional > desk.approval_above_notional;
  return above || (desk.approval_for_warnings && allocation.warnings.length > 0);
}

export interface Readiness {
  mayCommit: boolean;
  busy: boolean;
  /** A commit was refused for good: this preview is over. */
  refused: boolean;
  trading: "OPEN" | "STOPPED" | "HALTED" | null;
  /** The time for a commit is over. */
  hasExpired: boolean;
  openWarnings: number;
  overridden: boolean;
}

/** Why an allocation cannot be committed now; null where it can. */
export function reasonAgainst(allocation: Allocation, now: Readiness): string | null {
  if (!now.mayCommit) return "You have no permission to commit (allocations:commit).";
  if (allocation.evidence_breaks.length > 0)
    return "What is stored of this preview is not as the audit trail has it. Make a new preview.";
  if (allocation.summary.total_allocated === 0) return "Nothing is allocated, so there is nothing to send.";
  if (now.hasExpired) return "The preview has expired. Preview again.";
  if (now.refused) return "This preview is over. Make a new one.";
  if (now.trading === "STOPPED" || now.trading === "HALTED") return "Trading is stopped: no order is sent.";
  if (now.openWarnings > 0 && !now.overridden)
    return now.openWarnings === 1
      ? "Acknowledge 1 more warning."
      : `Acknowledge ${count(now.openWarnings)} more warnings.`;
  if (now.busy) return "Wait until the split is computed.";
  return null;
}
