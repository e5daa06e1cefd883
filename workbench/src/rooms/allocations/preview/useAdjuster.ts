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

/**
 * Edits of a preview: each makes a new one, of which the former is the preview before. To take one back is to show that
 * again; to release an account is to fix the others in the preview without edits.
 */
export function useAdjuster(allocation: Allocation, show: (allocation: Allocation) => void): Adjuster {
  const { data: desk } = useGetDeskQuery();
  const [adjust, { isLoading }] = useAdjustAllocationMutation();
  const [read, { isFetching }] = useLazyGetAllocationQuery();
  const [message, setMessage] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const { allocation_id: id, adjustment, allocations } = allocation;

  const take = useCallback(
    async (answer: Promise<Allocation>) => {
      setMessage(null);
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
      take(adjust({ allocationId, edits, "Idempotency-Key": crypto.randomUUID() }).unwrap()),
    [adjust, take],
  );
  const back = useCallback(
    (allocationId: string) => take(read({ allocationId }, true).unwrap()),
    [read, take],
  );

  const change = useCallback(
    (accountId: string, text: string) => {
      const account = allocations.find((candidate) => candidate.account_id === accountId);
      const isFixed = adjustment !== null && accountId in adjustment.fixed;
      const read = readEdit(text, desk?.quantity_m ?? null, isFixed ? null : account?.allocated_quantity);
      if (read.kind === "EDIT") void edit(id, { [accountId]: read.face });
      else setMessage(read.kind === "FAULT" ? `${accountId}: ${read.message}` : null);
    },
    [desk, edit, id, allocations, adjustment],
  );
  const release = useCallback(
    (accountId: string) => {
      if (!adjustment) return;
      const { [accountId]: _released, ...rest } = adjustment.fixed;
      if (Object.keys(rest).length === 0) void back(adjustment.unedited_id);
      else void edit(adjustment.unedited_id, rest);
    },
    [adjustment, back, edit],
  );
  const from = adjustment?.adjusted_from;
  const undo = useMemo(() => (from ? () => void back(from) : null), [from, back]);
  const busy = isLoading || isFetching;
  return useMemo(
    () => ({ change, release, undo, busy, message, error }),
    [change, release, undo, busy, message, error],
  );
}
