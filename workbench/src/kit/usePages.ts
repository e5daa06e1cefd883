import { useCallback, useEffect, useRef, useState } from "react";

export interface ReadPage<Row> {
  rows: Row[];
  next: string | null;
}

interface Pages<Row> {
  rows: Row[] | undefined;
  next: string | null;
  error: unknown;
  busy: boolean;
}

/**
 * A list that is read page by page, further with `more`. It begins anew whenever `read` changes (keep it by
 * useCallback); what then still comes of the list before is dropped.
 */
export function usePages<Row>(read: (cursor: string | undefined) => Promise<ReadPage<Row>>) {
  const [pages, setPages] = useState<Pages<Row>>({ rows: undefined, next: null, error: null, busy: false });
  const run = useRef(0);
  const load = useCallback(
    async (before: Row[], cursor: string | undefined) => {
      run.current += 1;
      const mine = run.current;
      setPages((shown) => ({ ...shown, error: null, busy: true }));
      try {
        const page = await read(cursor);
        if (mine === run.current)
          setPages({ rows: [...before, ...page.rows], next: page.next, error: null, busy: false });
      } catch (error) {
        if (mine === run.current) setPages((shown) => ({ ...shown, error, busy: false }));
      }
    },
    [read],
  );
  const again = useCallback(() => void load([], undefined), [load]);
  useEffect(again, [again]);
  const { rows, next } = pages;
  const more = useCallback(() => {
    if (next !== null) void load(rows ?? [], next);
  }, [load, rows, next]);
  return { ...pages, more, again };
}
