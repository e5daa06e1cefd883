import type {
  Alert,
  AlertCounts,
  AlertEvent,
  AlertState,
  Body,
  Channel,
  ChannelKind,
  DeliveryError,
  DeliveryState,
  Digest,
  EventKind,
  RuleName,
  Severity,
} from "../../api/generated/api";
import { count } from "../../kit/format";

export const SEVERITIES: Record<Severity, string> = {
  EMERGENCY: "Emergency",
  CRITICAL: "Critical",
  WARNING: "Warning",
  INFO: "Info",
};

export const STATES: Record<AlertState, string> = {
  OPEN: "Open",
  ACKNOWLEDGED: "Acknowledged",
  RESOLVED: "Resolved",
};

export const RULES: Record<RuleName, string> = {
  DRIFT: "Class out of its band",
  NEEDS_REBALANCING: "Needs rebalancing",
  COMMIT_REFUSED: "Commit refused",
  ORDER_UNKNOWN: "Outcome of an order unknown",
  CHAIN_BROKEN: "Audit trail does not verify",
  VENDOR_STALE: "Positions are old",
  LEDGER_ABOVE_BOUND: "Fairness balance too large",
  TRADING_STOPPED: "Trading stopped",
  JOB_FAILED: "Job failed",
};

const EVENTS: Record<EventKind, string> = {
  OPENED: "Found",
  RAISED: "Worse than before",
  ESCALATED: "Escalated, since nobody acknowledged it",
  RETURNED: "Found again within its cooldown",
  ACKNOWLEDGED: "Acknowledged",
  RESOLVED: "Resolved: the finding is gone",
};

export const KINDS: Record<ChannelKind, string> = { EMAIL: "E-mail", WEBHOOK: "Webhook" };
export const BODIES: Record<Body, string> = { JSON: "JSON", CHAT: "Chat message", SMS: "SMS provider" };
export const DIGESTS: Record<Digest, string> = {
  NONE: "At once",
  HOURLY: "Each hour, in one message",
  DAILY: "Each day at 08:00, in one message",
};

export const DELIVERY_STATES: Record<DeliveryState, string> = {
  DEAD: "Given up",
  PENDING: "Waiting",
  SENDING: "Being sent",
  SENT: "Sent",
  CANCELLED: "Cancelled: no channel any more",
};

export const DELIVERY_ERRORS: Record<DeliveryError, string> = {
  UNREACHABLE: "No answer",
  REFUSED: "The receiver refuses it",
  RECEIVER_FAILED: "The receiver failed or is busy",
  NOT_CONFIGURED: "The settings do not allow it",
  INTERRUPTED: "The service ended meanwhile",
};

/** What happened to an alert, with who did it. */
export function eventWords({ kind, username }: AlertEvent): string {
  return username ? `${EVENTS[kind]} by ${username}` : EVENTS[kind];
}

/** Open · new: new is what its reader has not read since it was told. */
export function stateWords({ state, unread }: Alert): string {
  return unread ? `${STATES[state]} · new` : STATES[state];
}

/** 2 open, 1 acknowledged; of these 1 critical, 2 warning. */
export function countsWords(counts: AlertCounts): string {
  const { open, acknowledged, emergency, critical, warning, info } = counts;
  if (open + acknowledged === 0) return "Nothing is wrong now";
  const severities = [
    [emergency, "emergency"],
    [critical, "critical"],
    [warning, "warning"],
    [info, "info"],
  ] as const;
  const of = severities.filter(([number]) => number > 0).map(([number, name]) => `${count(number)} ${name}`);
  return `${count(open)} open, ${count(acknowledged)} acknowledged; of these ${of.join(", ")}`;
}

/** What a channel tells of, and when, in a line. */
export function timesWords({ digest, quiet_from, quiet_to }: Channel): string {
  const quiet = quiet_from && quiet_to ? `; quiet ${quiet_from} to ${quiet_to}` : "";
  return `${DIGESTS[digest]}${quiet}`;
}

/** Where a channel tells. */
export function targetWords({ kind, url, recipients }: Channel): string {
  return [...(kind === "WEBHOOK" && url ? [url] : []), ...recipients].join(", ");
}
