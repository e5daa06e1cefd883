import { useCountAlertsQuery } from "../api/generated/api";

/** The service itself looks every 15 s. */
const POLLED = { pollingInterval: 15_000, skipPollingIfUnfocused: true };

/** How many alerts the user has not read. */
export function useUnreadAlerts(): number {
  return useCountAlertsQuery(undefined, POLLED).data?.unread ?? 0;
}
