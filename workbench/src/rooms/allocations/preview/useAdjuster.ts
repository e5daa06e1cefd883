import { useCallback, useMemo, useState } from "react";
import {
  type Allocation,
  type Edits,
  useAdjustAllocationMutation,
  useGetDeskQuery,
  useLazyGetAllocationQuery,
} from "../../../api/generated/api";
import { face } from "../../../kit/format";
import { readQuantity } from "../../../kit/quantity";
import type { Adjuster } from "../view/AllocationGrid";

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
      const reading = readQuantity(text, { m: desk?.quantity_m ?? null, zero: true, decimals: 2 });
      if (reading.kind === "VALUE") {
        const present = allocations.find((account) => account.account_id === accountId)?.allocated_quantity;
        const isFixed = adjustment !== null && accountId in adjustment.fixed;
        if (reading.value !== present || !isFixed) void edit(id, { [accountId]: reading.value });
      } else if (reading.kind === "FAULT") setMessage(`${accountId}: ${reading.message}`);
      else if (reading.kind === "ASK")
        setMessage(
          `${accountId}: ${face(reading.small)} or ${face(reading.large)}? Type ${reading.small}mm for ${face(reading.large)}.`,
        );
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
