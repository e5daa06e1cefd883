import { type Side, useGetSystemStatusQuery } from "../../api/generated/api";
import { useUrlFilters } from "../../kit/useUrlFilters";
import { presets } from "./periods";

const FILTERS = ["from", "to", "group", "side"] as const;

/** The period, group and side of the reports, from the address; without days it is this year. */
export function usePeriod() {
  const { data: status } = useGetSystemStatusQuery();
  const [filters, change] = useUrlFilters(FILTERS);
  const choices = presets(status?.business_date ?? new Date().toISOString().slice(0, 10));
  const year = choices.find(({ label }) => label === "This year");
  const from = filters.from || year?.from || "";
  const to = filters.to || year?.to || "";
  return {
    choices,
    change,
    from,
    to,
    group: filters.group,
    side: filters.side,
    /** As the operations of the API take it. */
    asked: {
      dateFrom: from,
      dateTo: to,
      groupId: filters.group || undefined,
      side: (filters.side || undefined) as Side | undefined,
    },
    /** The same as parameters of an address, for downloads. */
    params: {
      date_from: from,
      date_to: to,
      group_id: filters.group || undefined,
      side: filters.side || undefined,
    },
  };
}
