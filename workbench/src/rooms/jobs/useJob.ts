import { useEffect, useState } from "react";
import { API_ROOT } from "../../api/baseQuery";
import { api, type Job } from "../../api/generated/api";
import { wait } from "../../api/safely";
import { accessToken } from "../../session/token";
import { useAppDispatch } from "../../store";
import { followJob } from "./followJob";
import { eventReader } from "./serverEvents";

/** Reads the events of a job. A browser's own EventSource cannot send the access token. */
async function stream(
  jobId: string,
  lastEventId: string | null,
  take: (job: Job) => void,
  signal: AbortSignal,
): Promise<void> {
  const answer = await fetch(`${API_ROOT}jobs/${encodeURIComponent(jobId)}/events`, {
    signal,
    headers: {
      Authorization: `Bearer ${accessToken.get()}`,
      ...(lastEventId === null ? {} : { "Last-Event-ID": lastEventId }),
    },
  });
  if (!answer.ok || !answer.body) throw new Error(`The stream was answered with ${answer.status}.`);
  const read = eventReader();
  const pieces = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let piece = await pieces.read(); !piece.done; piece = await pieces.read())
    for (const { data } of read(piece.value)) take(JSON.parse(data) as Job);
}

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
      stream: (last, take) => stream(jobId, last, take, stopped.signal),
      read: () =>
        dispatch(api.endpoints.getJob.initiate({ jobId }, { forceRefetch: true, subscribe: false })),
      wait,
      isCurrent,
      show: (job) => setFollowed({ of: jobId, job, error: null }),
    }).then((error) => {
      if (!isCurrent()) return;
      if (error !== null) setFollowed({ of: jobId, job: null, error });
      dispatch(api.util.invalidateTags(["blotters", "drift-history", "jobs"]));
    });
    return () => stopped.abort();
  }, [jobId, dispatch]);
  return followed.of === jobId ? followed : { job: null, error: null };
}
