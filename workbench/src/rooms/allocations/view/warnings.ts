import type { Warning, WarningType } from "../../../api/generated/api";
import { groupBy } from "../../../kit/groupBy";

export interface WarningGroup {
  type: WarningType;
  warnings: Warning[];
  /** How many of them are acknowledged. */
  seen: number;
}

/** Warnings by type, in the order in which the types first come. */
export function grouped(warnings: readonly Warning[], seen: readonly string[]): WarningGroup[] {
  const acknowledged = new Set(seen);
  return [...groupBy(warnings, (warning) => warning.type)].map(([type, ofType]) => ({
    type,
    warnings: ofType,
    seen: ofType.filter((warning) => acknowledged.has(warning.warning_id)).length,
  }));
}

/** Acknowledge warnings, or take that back; each id once, those of other previews left out. */
export function withSeen(
  all: readonly Warning[],
  seen: readonly string[],
  changed: readonly Warning[],
  on: boolean,
): string[] {
  const next = new Set(seen);
  for (const { warning_id } of changed) {
    if (on) next.add(warning_id);
    else next.delete(warning_id);
  }
  return all.map((warning) => warning.warning_id).filter((id) => next.has(id));
}

/** Warnings that nobody has acknowledged yet. */
export function open(warnings: readonly Warning[], seen: readonly string[]): Warning[] {
  return warnings.filter((warning) => !seen.includes(warning.warning_id));
}

/** "3 of 7 acknowledged" */
export function progressInWords(warnings: readonly Warning[], seen: readonly string[]): string {
  return `${warnings.length - open(warnings, seen).length} of ${warnings.length} acknowledged`;
}
