import type {
  Blotter,
  BlotterStatus,
  LineCount,
  LineStatus,
  ShownLine,
  Side,
  Warning,
} from "../../api/generated/api";
import { count, face } from "../../kit/format";
import { numberInWords } from "../../kit/numberWords";
import { ALLOCATION_STATUS } from "../allocations/statusWords";

export const BLOTTER_STATUS: Record<BlotterStatus, string> = {
  PENDING: "Waits",
  RUNNING: "Being previewed",
  READY: "Ready",
  COMMITTING: "Being committed",
  COMMITTED: "Committed",
  PARTIAL: "Partly committed",
  FAILED: "Failed",
};

/** Those that ask for somebody's attention have a colour as well. */
export const BLOTTER_COLOUR: Partial<Record<BlotterStatus, string>> = {
  READY: "info.main",
  COMMITTED: "success.main",
  PARTIAL: "warning.main",
  FAILED: "error.main",
};

export const LINE_STATUS: Record<LineStatus, string> = { ...ALLOCATION_STATUS, PENDING: "Waits" };

/** Whether a job is at work on it, or will be. */
export function isMoving(status: BlotterStatus): boolean {
  return status === "PENDING" || status === "RUNNING" || status === "COMMITTING";
}

/** How many lines can be previewed now: those without one while no job is at work, committed others or not. */
export function linesLeft({ status, lines_by_status }: Pick<Blotter, "status" | "lines_by_status">): number {
  return isMoving(status) ? 0 : (lines_by_status.find((each) => each.status === "PENDING")?.count ?? 0);
}

export function restInWords(left: number): string {
  return left === 1 ? "1 line has not been previewed." : `${count(left)} lines have not been previewed.`;
}

/** "3 sent, 1 failed" */
export function countsInWords(counts: readonly LineCount[]): string {
  return counts
    .map(({ status, count: many }) => `${count(many)} ${LINE_STATUS[status].toLowerCase()}`)
    .join(", ");
}

/** Face of a line that its preview does not place; null without a preview. */
export function unallocated({ quantity, total_allocated }: ShownLine): number | null {
  return quantity === null || total_allocated === null ? null : quantity - total_allocated;
}

export interface SideTotal {
  orders: number;
  face: number;
}

/** Orders and face that a commit would send, by side: lines with an open preview that places something. */
export function committable(lines: readonly ShownLine[]): Record<Side, SideTotal> & { lines: ShownLine[] } {
  const open = lines.filter((line) => line.status === "PREVIEWED" && (line.total_allocated ?? 0) > 0);
  const of = (side: Side): SideTotal => {
    const mine = open.filter((line) => line.side === side);
    return {
      orders: mine.length,
      face: mine.reduce((sum, line) => sum + (line.total_allocated ?? 0), 0),
    };
  };
  return { lines: open, BUY: of("BUY"), SELL: of("SELL") };
}

const orders = (many: number) => (many === 1 ? "1 order" : `${count(many)} orders`);

/** What a commit will send, in full numbers and words. */
export function commitInWords(of: Record<Side, SideTotal>): string {
  const parts = (["BUY", "SELL"] as const).flatMap((side) => {
    const { orders: many, face: total } = of[side];
    const verb = side === "BUY" ? "buy" : "sell";
    return many === 0 ? [] : [`${orders(many)} to ${verb} ${face(total)} (${numberInWords(total)}) face`];
  });
  return `${parts.join(", and ")}.`;
}

/** Why lines cannot be committed now; null where they can. */
export function reasonAgainst(
  lines: readonly ShownLine[],
  now: {
    status: BlotterStatus;
    mayCommit: boolean;
    trading: "OPEN" | "STOPPED" | "HALTED" | null;
  },
): string | null {
  if (!now.mayCommit) return "You have no permission to commit (allocations:commit).";
  if (now.status === "COMMITTING") return "The lines are being committed.";
  if (isMoving(now.status)) return "Wait until the lines are previewed.";
  if (committable(lines).lines.length === 0) return "No line has an open preview.";
  if (now.trading === "STOPPED" || now.trading === "HALTED") return "Trading is stopped: no order is sent.";
  return null;
}

/** Totals of the grid in words. */
export function totalsInWords(lines: readonly ShownLine[]): string {
  const asked = (side: Side) => lines.filter((line) => line.side === side);
  const sum = (of: readonly ShownLine[], field: "quantity" | "total_allocated") =>
    face(of.reduce((all, line) => all + (line[field] ?? 0), 0));
  const parts = (["BUY", "SELL"] as const).flatMap((side) => {
    const of = asked(side);
    const word = side === "BUY" ? "purchases" : "sales";
    return of.length === 0
      ? []
      : [`${word}: ${sum(of, "total_allocated")} of ${sum(of, "quantity")} face allocated`];
  });
  return `${lines.length === 1 ? "1 line" : `${count(lines.length)} lines`}; ${parts.join("; ")}`;
}

/** A warning with the account that it is of. */
export function warningInWords({ account_id, message }: Pick<Warning, "account_id" | "message">): string {
  return account_id === null ? message : `${account_id}: ${message}`;
}
