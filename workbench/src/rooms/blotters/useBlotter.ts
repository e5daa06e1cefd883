import { useState } from "react";
import type { Blotter } from "../../api/generated/api";
import { isMoving } from "./blotterWords";
import { useGetWholeBlotterQuery } from "./wholeBlotter";

const MOVING_MILLISECONDS = 2_000;
const RESTING_MILLISECONDS = 10_000;
/** A long blotter is read in many pages: its progress bar says how far it is, and at the end it is read anew. */
const LONG_LINES = 500;
const LONG_MILLISECONDS = 60_000;

function intervalOf(blotter: Blotter | undefined): number {
  if (!blotter) return RESTING_MILLISECONDS;
  if (blotter.line_count > LONG_LINES) return LONG_MILLISECONDS;
  return isMoving(blotter.status) ? MOVING_MILLISECONDS : RESTING_MILLISECONDS;
}

/** A blotter with its lines, which refreshes while jobs are at work on it. */
export function useBlotter(blotterId: string) {
  const [pollingInterval, setPollingInterval] = useState(RESTING_MILLISECONDS);
  const { currentData, error, refetch } = useGetWholeBlotterQuery(blotterId, {
    pollingInterval,
    skipPollingIfUnfocused: true,
    refetchOnMountOrArgChange: true,
  });
  const wanted = intervalOf(currentData);
  if (wanted !== pollingInterval) setPollingInterval(wanted);
  return { blotter: currentData, error: currentData ? undefined : error, refetch };
}
