import type { AuditDamage, Break, Verification } from "../../api/generated/api";
import { count } from "../../kit/format";

/** What a verification found, in one or two sentences. */
export function verdict(found: Verification, withAnchor: boolean): string {
  if (found.records === 0) return "There is no record in these days.";
  const seen = `${count(found.records)} records of ${plural(found.days, "day")} and ${count(found.rows)} rows`;
  if (!found.whole) {
    const shown =
      found.breaks.length < found.break_count ? ` The first ${count(found.breaks.length)} are listed.` : "";
    return `The trail is not whole: ${plural(found.break_count, "break")} in ${seen}.${shown}`;
  }
  const anchor = withAnchor ? " The chain contains the anchor." : "";
  const older =
    found.rows_unrecorded > 0
      ? ` ${count(found.rows_unrecorded)} of the rows are older than the records that would say what they were.`
      : "";
  return `The trail is whole: ${seen} are as they were written.${anchor}${older}`;
}

function plural(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}

export const DAMAGE_WORDS: Record<AuditDamage, string> = {
  CHANGED: "Record changed",
  REMOVED: "Record removed",
  INSERTED: "Record inserted",
  REORDERED: "Record moved",
  HEAD_MISSING: "End of a day missing",
  HEAD_CHANGED: "End of a day changed",
  ANCHOR_MISSING: "Anchor not in the chain",
  ROW_CHANGED: "Row changed",
  ROW_REMOVED: "Row removed",
  ROW_INSERTED: "Row inserted",
};

/** The primary key of a row, as text. */
export function keyText(key: Break["key"]): string {
  return Object.entries(key ?? {})
    .map(([column, value]) => `${column} ${value}`)
    .join(", ");
}

const ANCHOR = /^\d{4}-\d{2}-\d{2}:[1-9]\d*:[0-9a-f]{64}$/;

/** What is wrong with a pasted anchor; undefined where nothing is, or nothing was pasted. */
export function anchorProblem(text: string): string | undefined {
  return text === "" || ANCHOR.test(text)
    ? undefined
    : "An anchor is a day, a number and 64 hexadecimal digits, such as 2026-06-30:12:7af6….";
}
