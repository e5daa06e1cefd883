import { useEffect, useState } from "react";
import { api } from "../../api/generated/api";
import { wait } from "../../api/safely";
import { useAppDispatch } from "../../store";
import { readEvents } from "../jobs/readEvents";
import { type Change, followChanges, withChange } from "./changes";

/** Between two readings of what changed: a burst of changes is one reading. */
const SETTLED_MILLISECONDS = 500;

/** The changes as they come, the newest first; what they changed is read anew. */
export function useChanges(): { changes: readonly Change[]; isFollowed: boolean | null; error: unknown } {
  const dispatch = useAppDispatch();
  const [changes, setChanges] = useState<readonly Change[]>([]);
  const [isFollowed, setFollowed] = useState<boolean | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const stopped = new AbortController();
    let reading: ReturnType<typeof setTimeout> | undefined;
    const readAnew = () => {
      reading ??= setTimeout(() => {
        reading = undefined;
        dispatch(api.util.invalidateTags(["monitor", "optimization"]));
      }, SETTLED_MILLISECONDS);
    };
    void followChanges({
      stream: (last, take) => readEvents<Change>("monitor/events", last, take, stopped.signal),
      probe: () =>
        dispatch(
          api.endpoints.getMonitorStatus.initiate(undefined, { forceRefetch: true, subscribe: false }),
        ),
      wait,
      isCurrent: () => !stopped.signal.aborted,
      show: (change) => {
        setChanges((before) => withChange(before, change));
        readAnew();
      },
      tell: setFollowed,
    }).then((refusal) => {
      if (!stopped.signal.aborted) setError(refusal);
    });
    return () => {
      stopped.abort();
      clearTimeout(reading);
    };
  }, [dispatch]);
  return { changes, isFollowed, error };
}
