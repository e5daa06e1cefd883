import { API_ROOT } from "../../api/baseQuery";
import type { UsageEvent, UsageName } from "../../api/generated/api";
import { accessToken } from "../../session/token";

/** How often what was used is sent. */
const SEND_MILLISECONDS = 15_000;
/** Events that one request may have. */
const MOST_EVENTS = 100;
/** Longest time that is worth a number: a page left open over night is no time of work. */
const LONGEST_MILLISECONDS = 8 * 3_600_000;

const PAGE_NAME: Readonly<Record<string, UsageName>> = {
  workbench: "workbench",
  compare: "compare",
  orders: "orders",
  blotters: "blotters",
  jobs: "jobs",
  allocations: "history",
  accounts: "accounts",
  drift: "drift",
  optimise: "optimise",
  "market-data": "market-data",
  backtest: "backtest",
  risk: "risk",
  monitor: "monitor",
  alerts: "alerts",
  fairness: "fairness",
  audit: "audit",
  approvals: "approvals",
  admin: "admin",
  system: "system",
};
const STEP_NAME: Readonly<Record<string, UsageName>> = {
  "order-entry": "order-entry",
  "allocation-method": "allocation-method",
  preview: "preview",
};

/** Page and step of an address, by their names in the counts; no id of what is shown is among them. */
export function placeOf(pathname: string): { page: UsageName | null; step: UsageName | null } {
  const [page = "", step = ""] = pathname.split("/").filter(Boolean);
  return {
    page: PAGE_NAME[page] ?? null,
    step: page === "workbench" ? (STEP_NAME[step] ?? null) : null,
  };
}

/** What a change of the address says: the step that was left, with its time, and the page that was opened. */
export function eventsBetween(
  before: string | null,
  after: string | null,
  milliseconds: number,
): UsageEvent[] {
  const left = before === null ? null : placeOf(before);
  const opened = after === null ? null : placeOf(after);
  const events: UsageEvent[] = [];
  if (left?.step && left.step !== opened?.step)
    events.push({ kind: "STEP", name: left.step, milliseconds: timeOf(milliseconds) });
  if (opened?.page && opened.page !== left?.page) events.push({ kind: "PAGE", name: opened.page });
  return events;
}

function timeOf(milliseconds: number): number {
  return Math.round(Math.min(Math.max(milliseconds, 0), LONGEST_MILLISECONDS));
}

let waiting: UsageEvent[] = [];

export function noteUsage(...events: UsageEvent[]): void {
  waiting = [...waiting, ...events].slice(-MOST_EVENTS);
}

/** A commit was answered: the time since its order was begun (`begunAt` of the draft, by the clock of the page). */
export function noteCommit(begunAt: number | null, now = Date.now()): void {
  noteUsage({ kind: "STEP", name: "commit" });
  if (begunAt !== null)
    noteUsage({ kind: "ORDER_TO_COMMIT", name: "commit", milliseconds: timeOf(now - begunAt) });
}

/** Send what waits. A count that does not arrive is lost, and nobody is told: it is not worth a message. */
export function sendUsage(): void {
  const token = accessToken.get();
  if (!token || waiting.length === 0) return;
  const events = waiting;
  waiting = [];
  void fetch(`${API_ROOT}usage`, {
    method: "POST",
    keepalive: true,
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify({ events }),
  }).catch(() => null);
}

/** Send now and then, and when the page is left; returns how to stop. */
export function keepSending(): () => void {
  const timer = setInterval(sendUsage, SEND_MILLISECONDS);
  window.addEventListener("pagehide", sendUsage);
  return () => {
    clearInterval(timer);
    window.removeEventListener("pagehide", sendUsage);
  };
}
