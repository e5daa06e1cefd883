import type { Job, JobState } from "../../api/generated/api";
import { count } from "../../kit/format";
import { PAGE_OF } from "../../kit/links";

export const JOB_STATE: Record<JobState, string> = {
  PENDING: "Waits",
  RUNNING: "Running",
  ABORTING: "Being cancelled",
  SUCCEEDED: "Done",
  FAILED: "Failed",
  ABORTED: "Cancelled",
  TIMED_OUT: "Timed out",
};

export const JOB_STATES = Object.keys(JOB_STATE) as JobState[];

/** Those that ask for somebody's attention have a colour as well. */
export const JOB_COLOUR: Partial<Record<JobState, string>> = {
  SUCCEEDED: "success.main",
  FAILED: "error.main",
  TIMED_OUT: "error.main",
  ABORTING: "warning.main",
};

const KIND: Readonly<Record<string, string>> = {
  "blotters.preview": "Preview a blotter",
  "blotters.commit": "Commit a blotter",
  "drift.check": "Check drift",
  "backtest.run": "Run a backtest",
  "events.recalculate": "Recalculate a portfolio",
};

export const JOB_KINDS = Object.keys(KIND);

/** What a job does; a kind that is not known here keeps its name. */
export function kindWords(kind: string): string {
  return KIND[kind] ?? kind;
}

export function isOpen({ state }: Pick<Job, "state">): boolean {
  return state === "PENDING" || state === "RUNNING" || state === "ABORTING";
}

/** Whether it can be cancelled: it is not over, and was not cancelled already. */
export function canCancel({ state }: Pick<Job, "state">): boolean {
  return state === "PENDING" || state === "RUNNING";
}

/** How much of it is done, from 0 to 1; null where that is not known. */
export function doneShare({ done, total }: Pick<Job, "done" | "total">): number | null {
  return total === null || total === 0 ? null : Math.min(1, done / total);
}

/** Kinds that are one piece of work, without lines to count. */
const WHOLE: readonly string[] = ["drift.check", "events.recalculate"];
/** What a kind counts, one and many of it, where that is not lines. */
const COUNTED: Readonly<Record<string, readonly [string, string]>> = { "backtest.run": ["part", "parts"] };

export function doneWords({ kind, done, total }: Pick<Job, "kind" | "done" | "total">): string {
  if (WHOLE.includes(kind)) return "";
  if (total === null) return done === 0 ? "" : `${count(done)} done`;
  const [one, many] = COUNTED[kind] ?? ["line", "lines"];
  return `${count(done)} of ${count(total)} ${total === 1 ? one : many}`;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long it still takes, by the lines that are done; nothing where that is not known. */
export function leftWords(
  { expected_end_at: end, state }: Pick<Job, "expected_end_at" | "state">,
  now: number,
) {
  if (end === null || state !== "RUNNING") return "";
  const left = Date.parse(end) - now;
  if (left < 10 * SECOND) return "a few seconds left";
  if (left < MINUTE) return `about ${Math.ceil(left / (10 * SECOND)) * 10} s left`;
  if (left < HOUR) return `about ${Math.ceil(left / MINUTE)} min left`;
  return `about ${Math.ceil(left / HOUR)} h left`;
}

/** What jobs make, by the address of their result. */
const RESULT = /^\/v1\/(blotters|backtest)\/([^/]+)$/;
const RESULT_PAGE = { blotters: PAGE_OF.blotter, backtest: PAGE_OF.backtest } as const;

/** The page of what a job made; null where there is none. */
export function resultRoute({ result }: Pick<Job, "result">): string | null {
  const [, kind, id] = RESULT.exec(result ?? "") ?? [];
  if (kind === undefined || id === undefined) return null;
  return RESULT_PAGE[kind as keyof typeof RESULT_PAGE](decodeURIComponent(id));
}
