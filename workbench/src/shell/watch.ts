import type { Alert, AllocationLine, AllocationStatus, Job, Order, SystemStatus } from "../api/generated/api";
import { face, price } from "../kit/format";
import { PAGE_OF } from "../kit/links";
import { doneWords, isOpen, kindWords, resultRoute } from "../rooms/jobs/jobWords";
import type { Severity } from "./noticesSlice";

/**
 * What a user is told of, by comparing two successive answers. Nothing is told of the first answer, which is how things
 * were when the page was opened.
 */
export interface Told {
  severity: Severity;
  message: string;
  to?: string;
  /** It is counted with the alerts, which are read on their own page. */
  isAlert?: boolean;
}

/** More of one kind at once become one notice. */
const MOST_AT_ONCE = 3;

function gathered(found: readonly Told[], all: (count: number) => Told): readonly Told[] {
  return found.length > MOST_AT_ONCE ? [all(found.length)] : found;
}

function name(order: Order): string {
  const side = order.side === "BUY" ? "Buy" : "Sell";
  return `Order ${order.order_id} (${side} ${order.security_description ?? order.security_id})`;
}

const isOver = (order: Order | undefined) => order !== undefined && order.allocation_state !== "PROVISIONAL";

/** The end of an order in words, by the state of its allocation; Aladdin's own word where that says nothing. */
function endOf(order: Order): Told {
  const to = PAGE_OF.order(order.order_id);
  const filled =
    order.filled_quantity === null
      ? ""
      : ` with ${order.filled_quantity === 0 ? "nothing" : face(order.filled_quantity)} filled`;
  if (order.allocation_status === "CANCELLED")
    return { severity: "warning", message: `${name(order)} was cancelled${filled}`, to };
  if (order.allocation_status === "FAILED")
    return { severity: "error", message: `${name(order)} was refused: ${order.status}`, to };
  return { severity: "info", message: `${name(order)} is over${filled}: ${order.status}`, to };
}

function ofOrder(before: Order | undefined, now: Order): Told | null {
  const to = PAGE_OF.order(now.order_id);
  const filled = now.filled_quantity ?? 0;
  if (now.allocation_state === "DIFFERENT" && before?.allocation_state !== "DIFFERENT")
    return { severity: "error", message: `${name(now)} differs from what Aladdin has booked`, to };
  const filledBefore = before?.filled_quantity ?? 0;
  if (filled >= now.quantity && filled > filledBefore)
    return {
      severity: "success",
      message: `${name(now)} is filled: ${face(filled)} at ${price(now.average_price)}`,
      to,
    };
  if (isOver(now) && !isOver(before) && filled < now.quantity) return endOf(now);
  if (filled > 0 && filledBefore === 0)
    return {
      severity: "info",
      message: `${name(now)} is partly filled: ${face(filled)} of ${face(now.quantity)}`,
      to,
    };
  return null;
}

/** Of the user's own orders: the first fill, the last one, and every other end. */
export function orderNotices(before: readonly Order[] | undefined, now: readonly Order[]): readonly Told[] {
  if (!before) return [];
  const known = new Map(before.map((order) => [order.order_id, order]));
  const found = now.flatMap((order) => ofOrder(known.get(order.order_id), order) ?? []);
  const quiet = found.filter((told) => told.severity === "info");
  return [
    ...found.filter((told) => told.severity !== "info"),
    ...gathered(quiet, (count) => ({
      severity: "info",
      message: `${count} of your orders have first fills`,
      to: "/orders",
    })),
  ];
}

function described(line: AllocationLine): string {
  const side = line.side === "BUY" ? "Buy" : "Sell";
  return `${side} ${face(line.total_allocated)} of ${line.security_description ?? line.security_id}`;
}

const approvalPage = (line: AllocationLine) =>
  `/approvals?allocation=${encodeURIComponent(line.allocation_id)}`;

/** For those who approve: commits of others that began to wait. */
export function approvalNotices(
  before: readonly AllocationLine[] | undefined,
  now: readonly AllocationLine[],
  username: string,
): readonly Told[] {
  if (!before) return [];
  const known = new Set(before.map((line) => line.allocation_id));
  const found = now
    .filter((line) => !known.has(line.allocation_id) && line.created_by !== username)
    .map<Told>((line) => ({
      severity: "warning",
      message: `Approval wanted: ${described(line)}, by ${line.created_by}`,
      to: approvalPage(line),
    }));
  return gathered(found, (count) => ({
    severity: "warning",
    message: `${count} commits want an approval`,
    to: "/approvals",
  }));
}

const DECIDED: Partial<Record<AllocationStatus, readonly [Severity, string]>> = {
  SUBMITTED: ["success", "Approved and sent"],
  FAILED: ["error", "Approved, but no order came of it"],
  UNKNOWN: ["warning", "Approved; it is being looked up whether Aladdin has the order"],
  REJECTED: ["warning", "Rejected"],
  EXPIRED: ["warning", "Expired while it waited for approval"],
};

/** For those who asked: what became of commits that waited. */
export function decisionNotices(
  before: readonly AllocationLine[] | undefined,
  now: readonly AllocationLine[],
): readonly Told[] {
  if (!before) return [];
  const waited = new Set(
    before.filter((line) => line.status === "PENDING_APPROVAL").map((line) => line.allocation_id),
  );
  return now.flatMap((line) => {
    const decided = waited.has(line.allocation_id) ? DECIDED[line.status] : undefined;
    if (!decided) return [];
    const [severity, words] = decided;
    return [
      { severity, message: `${words}: ${described(line)}`, to: PAGE_OF.allocation(line.allocation_id) },
    ];
  });
}

type Stop = Pick<SystemStatus, "trading" | "reason">;

/** The emergency stop, on or off. */
export function stopNotices(before: Stop | undefined, now: Stop): readonly Told[] {
  if (!before || (before.trading === "OPEN") === (now.trading === "OPEN")) return [];
  if (now.trading === "OPEN")
    return [{ severity: "success", message: "Trading is open again: orders may leave", to: "/system" }];
  return [
    { severity: "error", message: now.reason ?? "Trading is stopped: no order may leave", to: "/system" },
  ];
}

/** How a job of the user ended, in words. */
function endOfJob(job: Job): Told {
  const name = kindWords(job.kind);
  const done = doneWords(job);
  const to = resultRoute(job) ?? "/jobs";
  if (job.state === "SUCCEEDED")
    return job.kind === "blotters.preview"
      ? { severity: "success", message: `A blotter is ready: ${done} previewed`, to }
      : { severity: "success", message: `${name}: done${done && `, ${done}`}`, to };
  if (job.state === "ABORTED")
    return { severity: "info", message: `${name}: cancelled${done && ` after ${done}`}`, to };
  return { severity: "error", message: `${name}: failed. ${job.error?.reason ?? ""}`.trim(), to };
}

/** Jobs of the user that ended. One that began and ended between two answers is told as well. */
export function jobNotices(before: readonly Job[] | undefined, now: readonly Job[]): readonly Told[] {
  if (!before) return [];
  const over = new Set(before.filter((job) => !isOpen(job)).map((job) => job.job_id));
  const oldest = before.at(-1)?.created_at ?? "";
  const found = now
    .filter((job) => !isOpen(job) && !over.has(job.job_id) && job.created_at >= oldest)
    .map(endOfJob);
  return gathered(found, (count) => ({
    severity: "info",
    message: `${count} of your jobs are over`,
    to: "/jobs",
  }));
}

const ALERTED: Record<Alert["severity"], Severity> = {
  INFO: "info",
  WARNING: "warning",
  CRITICAL: "error",
  EMERGENCY: "error",
};

const RANK: readonly Alert["severity"][] = ["INFO", "WARNING", "CRITICAL", "EMERGENCY"];

/** A stop of trading has a notice of its own, at once. */
const TOLD_ELSEWHERE: ReadonlySet<Alert["rule"]> = new Set(["TRADING_STOPPED"]);

/** Open alerts that are new, or worse than before. */
export function alertNotices(before: readonly Alert[] | undefined, now: readonly Alert[]): readonly Told[] {
  if (!before) return [];
  const known = new Map(before.map((alert) => [alert.alert_id, RANK.indexOf(alert.severity)]));
  const found = now
    .filter((alert) => !TOLD_ELSEWHERE.has(alert.rule))
    .filter((alert) => RANK.indexOf(alert.severity) > (known.get(alert.alert_id) ?? -1))
    .map<Told>((alert) => ({
      severity: ALERTED[alert.severity],
      message: alert.text,
      to: alert.link ?? PAGE_OF.alert(alert.alert_id),
      isAlert: true,
    }));
  return gathered(found, (count) => ({
    severity: "warning",
    message: `${count} new alerts`,
    to: "/alerts",
    isAlert: true,
  }));
}
