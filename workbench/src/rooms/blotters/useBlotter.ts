import { useState } from "react";
import { useGetBlotterQuery } from "../../api/generated/api";
import { isMoving } from "./blotterWords";

const POLL_MILLISECONDS = 2_000;
/** A long blotter is read less often while it goes on: its progress bar says how far it is. */
const LONG_LINES = 500;
const LONG_POLL_MILLISECONDS = 10_000;

/** A blotter with its lines, which refreshes while jobs are at work on it. */
export function useBlotter(blotterId: string) {
  const [interval, setInterval] = useState(POLL_MILLISECONDS);
  const { currentData, error, refetch } = useGetBlotterQuery(
    { blotterId },
    { pollingInterval: interval, skipPollingIfUnfocused: true, refetchOnMountOrArgChange: true },
  );
  const wanted =
    currentData && !isMoving(currentData.status)
      ? LONG_POLL_MILLISECONDS
      : (currentData?.line_count ?? 0) > LONG_LINES
        ? LONG_POLL_MILLISECONDS
        : POLL_MILLISECONDS;
  if (wanted !== interval) setInterval(wanted);
  return { blotter: currentData, error: currentData ? undefined : error, refetch };
}
