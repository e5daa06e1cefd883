import { useMemo } from "react";
import { useGetDeskQuery, useGetSystemStatusQuery } from "../../../api/generated/api";
import { useAppSelector } from "../../../store";
import { selectDraft } from "../draftSlice";
import { type EntryLimits, entryFaults } from "../entry/faults";

/** What the fields of step 1 are judged by, as far as it has been read. */
export function useEntryLimits(): EntryLimits {
  const { data: desk } = useGetDeskQuery();
  const { data: status } = useGetSystemStatusQuery();
  const pricedFace = useAppSelector(selectDraft).priced?.total_quantity ?? null;
  const businessDate = status?.business_date;
  return useMemo(() => ({ desk, businessDate, pricedFace }), [desk, businessDate, pricedFace]);
}

/** Faults of the order, which keep the steps after the first out of reach; null until the desk's settings are read. */
export function useOrderFaults(): string[] | null {
  const limits = useEntryLimits();
  const { isLoading } = useGetDeskQuery();
  const draft = useAppSelector(selectDraft);
  return useMemo(() => (isLoading ? null : entryFaults(draft, limits)), [draft, limits, isLoading]);
}
