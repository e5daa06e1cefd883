import { useEffect, useState } from "react";
import { api, type Job } from "../../api/generated/api";
import { wait } from "../../api/safely";
import { useAppDispatch } from "../../store";
import { followJob } from "./followJob";
import { readEvents } from "./readEvents";

interface Followed {
  /** Of which job this is. */
  of: string | null;
  job: Job | null;
  /** Why it cannot be followed. */
  error: unknown;
}

/** A job as it goes on; at its end what it changed is read anew. */
export function useJob(jobId: string | null): Pick<Followed, "job" | "error"> {
  const dispatch = useAppDispatch();
  const [followed, setFollowed] = useState<Followed>({ of: null, job: null, error: null });
  useEffect(() => {
    if (jobId === null) return;
    const stopped = new AbortController();
    const isCurrent = () => !stopped.signal.aborted;
    void followJob({
      stream: (last, take) =>
        readEvents(`jobs/${encodeURIComponent(jobId)}/events`, last, take, stopped.signal),
      read: () =>
        dispatch(api.endpoints.getJob.initiate({ jobId }, { forceRefetch: true, subscribe: false })),
      wait,
      isCurrent,
      show: (job) => setFollowed({ of: jobId, job, error: null }),
    }).then((error) => {
      if (!isCurrent()) return;
      if (error !== null) setFollowed({ of: jobId, job: null, error });
      dispatch(api.util.invalidateTags(["backtest", "blotters", "drift-history", "jobs"]));
    });
    return () => stopped.abort();
  }, [jobId, dispatch]);
  return followed.of === jobId ? followed : { job: null, error: null };
}
