import { useState } from "react";
import { useCheckDriftMutation } from "../../../api/generated/api";
import { sendSafely } from "../../../api/safely";
import { usePermission } from "../../../session/usePermission";
import { isOpen } from "../../jobs/jobWords";
import { useJob } from "../../jobs/useJob";

/** A check of drift that the user asks for, and the job that does it; at its end the history is read again. */
export function useCheck() {
  const may = usePermission("allocations:preview");
  const [send, { isLoading, error }] = useCheckDriftMutation();
  const [jobId, setJobId] = useState<string | null>(null);
  const { job, error: lost } = useJob(jobId);
  const ask = async () => {
    try {
      const { job_id } = await sendSafely((key) => send({ "Idempotency-Key": key }).unwrap());
      setJobId(job_id);
    } catch {
      // It is shown.
    }
  };
  const atWork = jobId !== null && lost === null && (job === null || isOpen(job));
  return {
    may,
    ask,
    busy: isLoading || atWork,
    job,
    /** Why no check was asked for. */
    error: isLoading ? undefined : error,
    /** Why the check that was asked for cannot be followed. */
    lost,
  };
}

export type Check = ReturnType<typeof useCheck>;
