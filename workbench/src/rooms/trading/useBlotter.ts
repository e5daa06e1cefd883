import { type ListOrdersApiArg, useListOrdersQuery } from "../../api/generated/api";

export const BLOTTER_POLL_MILLISECONDS = 2_000;
/** Most orders for which Aladdin is asked at once, and most that are shown. */
const LIVE_ORDERS = 200;
const MAX_ORDERS = 1_000;

export const SHOWN = ["open", "all", "different"] as const;
export type Shown = (typeof SHOWN)[number];

const FILTER_OF: Record<Shown, Partial<ListOrdersApiArg>> = {
  open: { open: true },
  all: {},
  different: { allocationState: "DIFFERENT" },
};

/**
 * Orders that refresh by themselves. Open ones are as Aladdin shows them at this moment, as long as there are no more
 * than it is asked for at once; all others are as they were last recorded. Unchanged orders stay the same objects.
 */
export function useBlotter(shown: Shown, groupId: string) {
  const asked = { ...FILTER_OF[shown], ...(groupId ? { groupId } : {}), slices: false };
  const polled = { pollingInterval: BLOTTER_POLL_MILLISECONDS, skipPollingIfUnfocused: true };
  const live = useListOrdersQuery({ ...asked, limit: LIVE_ORDERS }, { ...polled, skip: shown !== "open" });
  const isLive = shown === "open" && !live.currentData?.next_cursor;
  const recorded = useListOrdersQuery(
    { ...asked, limit: MAX_ORDERS, recorded: true },
    { ...polled, skip: isLive },
  );
  const used = isLive ? live : recorded;
  return {
    orders: used.currentData?.orders,
    error: used.currentData ? undefined : used.error,
    refetch: used.refetch,
    isLive,
    isCut: Boolean(used.currentData?.next_cursor),
  };
}
