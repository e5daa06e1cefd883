import type { BlotterCommit, ShownLine } from "../../api/generated/api";
import type { LineWarnings } from "./useLineWarnings";

export interface Choice {
  comment: string;
  /** The warnings of all lines are overridden. */
  overrides: boolean;
  /** Numbers of the lines whose warnings are accepted. */
  accepted: ReadonlySet<number>;
  found: readonly LineWarnings[];
}

/** What is sent to commit lines: those that were open when they were shown, so that none which came after goes out. */
export function commitBody(
  lines: readonly ShownLine[],
  { comment, overrides, accepted, found }: Choice,
): BlotterCommit {
  return {
    lines: lines.filter(({ status }) => status === "PREVIEWED").map(({ line }) => line),
    ...(comment.trim() ? { comment: comment.trim() } : {}),
    override_warnings: overrides,
    acknowledge: overrides
      ? []
      : found
          .filter(({ line }) => accepted.has(line.line))
          .map(({ line, warnings }) => ({
            line: line.line,
            warnings: warnings.map(({ warning_id }) => warning_id),
          })),
  };
}
