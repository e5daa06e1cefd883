import type { Allocation, Approval } from "../../../api/generated/api";

/** What is known when a commit is decided on. */
export interface Deciding {
  username: string;
  mayApprove: boolean;
  trading: "OPEN" | "STOPPED" | "HALTED" | null;
  acknowledged: readonly string[];
}

type Waiting = Pick<Allocation, "created_by" | "warnings" | "evidence_breaks"> & { approval: Approval };

/** Why a user may neither approve nor reject (R10.13); null where that user may. The service decides. */
export function barred(allocation: Waiting, now: Deciding): string | null {
  if (allocation.approval.requested_by === now.username)
    return "You asked for this commit: another user has to decide.";
  if (allocation.created_by === now.username) return "You made this preview: another user has to decide.";
  if (!now.mayApprove) return "You have no permission to decide (allocations:approve).";
  return null;
}

/** Ids of the warnings that the approving user has to acknowledge and has not. */
export function openWarnings(allocation: Waiting, acknowledged: readonly string[]): string[] {
  if (!allocation.approval.needed_for.includes("WARNINGS")) return [];
  return allocation.warnings
    .map((warning) => warning.warning_id)
    .filter((warningId) => !acknowledged.includes(warningId));
}

/** Why a commit cannot be approved now; null where it can. */
export function againstApproval(allocation: Waiting, now: Deciding): string | null {
  const why = barred(allocation, now);
  if (why) return why;
  if (allocation.evidence_breaks.length > 0)
    return "What is stored of it is not as the audit trail has it. Reject it.";
  if (now.trading === "STOPPED" || now.trading === "HALTED") return "Trading is stopped: no order is sent.";
  const open = openWarnings(allocation, now.acknowledged).length;
  if (open > 0) return open === 1 ? "Acknowledge 1 more warning." : `Acknowledge ${open} more warnings.`;
  return null;
}
