import { useCallback, useEffect, useState } from "react";
import { type ShownLine, useLazyGetAllocationQuery, type Warning } from "../../api/generated/api";

/** Most lines whose warnings are shown one by one. */
export const MOST_REVIEWED = 100;

export interface LineWarnings {
  line: ShownLine;
  warnings: readonly Warning[];
}

/** The warnings of lines, read from their previews one after another. */
export function useLineWarnings(lines: readonly ShownLine[]) {
  const [read] = useLazyGetAllocationQuery();
  const [found, setFound] = useState<readonly LineWarnings[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  // The dialog is about the lines as they were when it was opened.
  const [of] = useState(() => lines.filter(({ warning_count }) => (warning_count ?? 0) > 0));
  const load = useCallback(
    async (isCurrent: () => boolean) => {
      setError(null);
      const all: LineWarnings[] = [];
      for (const line of of.slice(0, MOST_REVIEWED)) {
        if (!isCurrent() || line.allocation_id === null) continue;
        const answer = await read({ allocationId: line.allocation_id }, true);
        if (answer.data) all.push({ line, warnings: answer.data.warnings });
        else {
          if (isCurrent()) setError(answer.error);
          return;
        }
      }
      if (isCurrent()) setFound(all);
    },
    [of, read],
  );
  useEffect(() => {
    let current = true;
    void load(() => current);
    return () => {
      current = false;
    };
  }, [load]);
  return { found, error, again: () => void load(() => true), count: of.length };
}
