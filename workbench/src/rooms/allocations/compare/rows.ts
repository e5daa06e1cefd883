/** The accounts of a comparison as rows, and their faces as bars of one scale. */
import type { Cell, ComparedAccount, Comparison } from "../../../api/generated/api";
import { face } from "../../../kit/format";

/** More bars than this cannot be told apart in a chart of its width. */
export const MOST_BARS = 60;

const ROUND = [1, 2, 3, 4, 5, 6, 8, 10];

export interface Bar {
  account: string;
  face: number;
}

/** Face of an account by the variant at a place; null where the variant has a problem. */
export function cellAt(row: ComparedAccount, at: number): Cell | null {
  return row.variants[at] ?? null;
}

/** Difference of an account's face from that of the first variant that was computed. */
export function differenceAt(row: ComparedAccount, at: number, first: number): number | null {
  const [own, other] = [cellAt(row, at), cellAt(row, first)];
  return own && other ? own.allocated_quantity - other.allocated_quantity : null;
}

/** The accounts with the most face in any variant, in the order of the table. */
export function shownAccounts(rows: readonly ComparedAccount[]): ComparedAccount[] {
  const greatest = (row: ComparedAccount) =>
    Math.max(0, ...row.variants.map((cell) => (cell as Cell | null)?.allocated_quantity ?? 0));
  const chosen = new Set([...rows].sort((a, b) => greatest(b) - greatest(a)).slice(0, MOST_BARS));
  return rows.filter((row) => chosen.has(row));
}

export function barsOf(rows: readonly ComparedAccount[], at: number): Bar[] {
  return rows.map((row) => ({ account: row.account_id, face: cellAt(row, at)?.allocated_quantity ?? 0 }));
}

/** The one scale of all charts: the greatest face of any variant, rounded up. */
export function scaleOf(rows: readonly ComparedAccount[], variants: number): number {
  const places = Array.from({ length: variants }, (_, at) => at);
  const most = Math.max(
    1,
    ...rows.flatMap((row) => places.map((at) => cellAt(row, at)?.allocated_quantity ?? 0)),
  );
  const power = 10 ** Math.floor(Math.log10(most));
  return (ROUND.find((step) => step * power >= most) ?? 10) * power;
}

/** A chart in words: 18 of 20 accounts; most 2,897,000 for BIG6-01. */
export function barsText({ allocations }: Pick<Comparison, "allocations">, at: number): string {
  const bars = barsOf(allocations, at);
  const some = bars.filter((bar) => bar.face > 0).length;
  const most = bars.reduce<Bar | null>((best, bar) => (best && best.face >= bar.face ? best : bar), null);
  if (!most || most.face === 0) return "No account gets any.";
  return `${some} of ${bars.length} accounts get some; most ${face(most.face)} for ${most.account}.`;
}
