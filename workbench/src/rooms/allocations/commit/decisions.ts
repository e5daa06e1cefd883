import type { AllocationStatus, ProblemCode } from "../../../api/generated/api";
import { isLost, problemOf } from "../../../api/problems";

/**
 * What the screen does about a commit that was not answered with a result.
 * REPEAT: nothing was done, the same request goes again by itself. LOOK_UP: it is not known what was done, the
 * allocation says it. NEW_PREVIEW: this preview is over, its inputs are kept. ACKNOWLEDGE: warnings are open.
 * OPEN: someone was first, its present state is shown. TRY_AGAIN: nothing was sent, the user may try again.
 * STOP: nothing helps here but what the message says.
 */
export type Remedy = "REPEAT" | "LOOK_UP" | "NEW_PREVIEW" | "ACKNOWLEDGE" | "OPEN" | "TRY_AGAIN" | "STOP";

const REMEDY: Partial<Record<ProblemCode, Remedy>> = {
  BOOK_CHANGED: "NEW_PREVIEW",
  PRICE_MOVED: "NEW_PREVIEW",
  PREVIEW_EXPIRED: "NEW_PREVIEW",
  POLICY_CHANGED: "NEW_PREVIEW",
  PREVIEW_ERASED: "NEW_PREVIEW",
  EVIDENCE_BROKEN: "NEW_PREVIEW",
  DATA_MISSING: "NEW_PREVIEW",
  ORDER_TOO_LARGE: "STOP",
  ALREADY_COMMITTED: "OPEN",
  NOT_PENDING_APPROVAL: "OPEN",
  CONFLICT: "OPEN",
  WARNINGS_NOT_OVERRIDDEN: "ACKNOWLEDGE",
  APPROVAL_NEEDED: "ACKNOWLEDGE",
  ACCOUNTS_UNSETTLED: "TRY_AGAIN",
  TRADING_HALTED: "TRY_AGAIN",
  UNAUTHENTICATED: "TRY_AGAIN",
  TOO_MANY_REQUESTS: "TRY_AGAIN",
  VENDOR_UNREACHED: "TRY_AGAIN",
  VENDOR_SUSPENDED: "TRY_AGAIN",
  VENDOR_QUOTA_SPENT: "TRY_AGAIN",
  DESK_BUSY: "REPEAT",
  SERVICE_BUSY: "REPEAT",
  IDEMPOTENCY_KEY_IN_USE: "REPEAT",
  ORDER_OUTCOME_UNKNOWN: "LOOK_UP",
  FORBIDDEN: "STOP",
  NOT_FOUND: "STOP",
  INVALID_REQUEST: "STOP",
  IDEMPOTENCY_KEY_REUSED: "STOP",
};

export interface Decision {
  remedy: Remedy;
  /** Whether the service keeps this answer under the request's key, so that another try needs another key. */
  answered: boolean;
  /** LOOK_UP: whether a preview that is still as it was means that the request never arrived and goes again. */
  repeat: boolean;
}

const KEPT_STATUS = [404, 409, 422];

/** Decide by the code alone. A code without a line here is looked up where the service failed, else it stops. */
export function decide(error: unknown): Decision {
  if (isLost(error)) return { remedy: "LOOK_UP", answered: false, repeat: true };
  const problem = problemOf(error);
  if (!problem) return { remedy: "LOOK_UP", answered: false, repeat: false };
  const remedy = REMEDY[problem.code] ?? (problem.status >= 500 ? "LOOK_UP" : "STOP");
  const answered = KEPT_STATUS.includes(problem.status) && problem.code !== "IDEMPOTENCY_KEY_IN_USE";
  return { remedy, answered, repeat: false };
}

export type Found = "COMMIT_AGAIN" | "NOT_SENT" | "WAIT" | "SETTLED";

/** What the state of an allocation says of a commit whose answer is missing. */
export function found(status: AllocationStatus, repeat: boolean): Found {
  if (status === "PREVIEWED") return repeat ? "COMMIT_AGAIN" : "NOT_SENT";
  if (status === "COMMITTING" || status === "UNKNOWN") return "WAIT";
  return "SETTLED";
}

/** What an allocation's state means for who looks at it. */
export const STATUS_IN_WORDS: Record<AllocationStatus, string> = {
  PREVIEWED: "A preview: nothing was sent.",
  PENDING_APPROVAL: "Waits for the approval of another user. Nothing was sent.",
  COMMITTING: "Is being sent to Aladdin.",
  SUBMITTED: "Aladdin has the order.",
  FAILED: "No order came of it.",
  UNKNOWN: "It is not known whether Aladdin has the order. It is being looked up; do not send it again.",
  CANCELLED: "The order was cancelled.",
  EXPIRED: "The preview expired. Nothing was sent.",
  REJECTED: "The approval was refused. Nothing was sent.",
};
