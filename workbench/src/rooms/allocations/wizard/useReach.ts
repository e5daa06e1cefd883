import { useMemo } from "react";
import { useGetDeskQuery, useGetSystemStatusQuery } from "../../../api/generated/api";
import { late, useLate } from "../../../kit/late";
import { useAppSelector } from "../../../store";
import { selectDraft } from "../draftSlice";
import type { EntryLimits } from "../entry/faults";

/** The rules of step 1, which nobody needs before something is typed. */
const ENTRY_RULES = late(() => import("../entry/faults"));

/** What the fields of step 1 are judged by, as far as it has been read. */
export function useEntryLimits(): EntryLimits {
  const { data: desk } = useGetDeskQuery();
  const { data: status } = useGetSystemStatusQuery();
  const pricedFace = useAppSelector(selectDraft).priced?.total_quantity ?? null;
  const businessDate = status?.business_date;
  return useMemo(() => ({ desk, businessDate, pricedFace }), [desk, businessDate, pricedFace]);
}

/** Faults of the order, which keep the steps after the first out of reach; null until the desk's settings and the rules are read. */
export function useOrderFaults(): string[] | null {
  const limits = useEntryLimits();
  const { isLoading } = useGetDeskQuery();
  const rules = useLate(ENTRY_RULES);
  // The page says that it failed, and offers to reload.
  if (!rules && ENTRY_RULES.error) throw ENTRY_RULES.error;
  const draft = useAppSelector(selectDraft);
  return useMemo(
    () => (isLoading || !rules ? null : rules.entryFaults(draft, limits)),
    [draft, limits, isLoading, rules],
  );
}
