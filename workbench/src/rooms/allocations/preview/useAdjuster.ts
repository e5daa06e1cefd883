import { useCallback, useMemo, useState } from "react";
import {
  type Allocation,
  type Edits,
  useAdjustAllocationMutation,
  useGetDeskQuery,
  useLazyGetAllocationQuery,
} from "../../../api/generated/api";
import type { Adjuster } from "../view/AllocationGrid";
import { readEdit } from "./edits";

/** Asks for the edit of a preview, or for a preview before an edit, and shows what comes of it. */
function useEdits(show: (allocation: Allocation) => void) {
  const [adjust, { isLoading }] = useAdjustAllocationMutation();
  const [read, { isFetching }] = useLazyGetAllocationQuery();
  const [error, setError] = useState<unknown>(null);
  const take = useCallback(
    async (answer: Promise<Allocation>) => {
      setError(null);
      try {
        show(await answer);
      } catch (failed) {
        setError(failed);
      }
    },
    [show],
  );
  const edit = useCallback(
    (allocationId: string, edits: Edits) =>
      void take(adjust({ allocationId, edits, "Idempotency-Key": crypto.randomUUID() }).unwrap()),
    [adjust, take],
  );
  const back = useCallback(
    (allocationId: string) => void take(read({ allocationId }, true).unwrap()),
    [read, take],
  );
  return { edit, back, busy: isLoading || isFetching, error };
}

/**
 * Edits of a preview: each makes a new one, of which the former is the preview before. To take one back is to show that
 * again; to release an account is to fix the others in the preview without edits.
 */
export function useAdjuster(allocation: Allocation, show: (allocation: Allocation) => void): Adjuster {
  const m = useGetDeskQuery().data?.quantity_m ?? null;
  const { edit, back, busy, error } = useEdits(show);
  const [message, setMessage] = useState<string | null>(null);
  const { allocation_id: id, adjustment, allocations } = allocation;
  const change = useCallback(
    (accountId: string, text: string) => {
      const account = allocations.find((candidate) => candidate.account_id === accountId);
      const read = readEdit(text, m, account?.allocated_quantity);
      setMessage(read.kind === "FAULT" ? `${accountId}: ${read.message}` : null);
      if (read.kind === "EDIT") edit(id, { [accountId]: read.face });
    },
    [m, edit, id, allocations],
  );
  const release = useCallback(
    (accountId: string) => {
      if (!adjustment) return;
      const { [accountId]: _released, ...rest } = adjustment.fixed;
      if (Object.keys(rest).length === 0) back(adjustment.unedited_id);
      else edit(adjustment.unedited_id, rest);
    },
    [adjustment, back, edit],
  );
  const from = adjustment?.adjusted_from;
  const undo = useMemo(() => (from ? () => back(from) : null), [from, back]);
  return useMemo(
    () => ({ change, release, undo, busy, message, error }),
    [change, release, undo, busy, message, error],
  );
}
