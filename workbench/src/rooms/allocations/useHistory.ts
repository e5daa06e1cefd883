import { useMemo, useState } from "react";
import {
  type AllocationLine,
  type ListAllocationsApiArg,
  useLazyListAllocationsQuery,
  useListAllocationsQuery,
} from "../../api/generated/api";

const PAGE_ROWS = 100;
const POLL_MILLISECONDS = 10_000;

interface Older {
  /** Of which filters they are. */
  of: string;
  rows: readonly AllocationLine[];
  next: string | null;
}

/** Rows of both, once each, in their order: what is new pushes rows from the first page onto later ones. */
export function joined(
  first: readonly AllocationLine[],
  older: readonly AllocationLine[],
): readonly AllocationLine[] {
  const seen = new Set(first.map((row) => row.allocation_id));
  return older.length === 0 ? first : [...first, ...older.filter((row) => !seen.has(row.allocation_id))];
}

/** Stored allocations, newest first: the first page refreshes by itself, older ones are asked for. */
export function useHistory(filters: ListAllocationsApiArg) {
  const first = useListAllocationsQuery(
    { ...filters, limit: PAGE_ROWS },
    { pollingInterval: POLL_MILLISECONDS, skipPollingIfUnfocused: true },
  );
  const [load, loading] = useLazyListAllocationsQuery();
  const [kept, setKept] = useState<Older | null>(null);
  const of = JSON.stringify(filters);
  const older = kept?.of === of ? kept : null;
  const next = older ? older.next : first.currentData?.next_cursor;
  const rows = useMemo(
    () => first.currentData && joined(first.currentData.allocations, older?.rows ?? []),
    [first.currentData, older],
  );
  const more = async () => {
    if (!next) return;
    const page = await load({ ...filters, limit: PAGE_ROWS, cursor: next });
    if (page.data)
      setKept({ of, rows: [...(older?.rows ?? []), ...page.data.allocations], next: page.data.next_cursor });
  };
  return {
    rows,
    error: first.currentData ? undefined : first.error,
    refetch: first.refetch,
    more: next ? more : null,
    isLoadingMore: loading.isFetching,
    moreError: loading.error,
  };
}
