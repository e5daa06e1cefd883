import { Typography } from "@mui/material";
import { type Job, useCancelJobMutation } from "../../api/generated/api";
import { problemOf } from "../../api/problems";
import { ReasonDialog } from "../../kit/ReasonDialog";
import { ErrorNote } from "../../kit/states";
import { doneWords, kindWords } from "./jobWords";

/** Cancels a job: what is done stays done. */
export function CancelJobDialog({ job, onClose }: { job: Job; onClose: () => void }) {
  const [cancel, { isLoading, error }] = useCancelJobMutation();
  const hasEnded = problemOf(error)?.code === "JOB_ENDED";
  const done = job.total === null ? "" : doneWords(job);
  const submit = async () => {
    const answer = await cancel({ jobId: job.job_id });
    if (!answer.error) onClose();
  };
  return (
    <ReasonDialog
      title="Cancel this job?"
      action="Cancel the job"
      tone="error"
      wordless
      busy={isLoading}
      blocked={hasEnded ? "The job is over: there is nothing to cancel." : undefined}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <Typography>
        {kindWords(job.kind)}
        {done && `, ${done} done`}. It stops after what it is just doing. What is done by then stays done.
      </Typography>
      {error !== undefined && !hasEnded && <ErrorNote error={error} title="The job was not cancelled" />}
    </ReasonDialog>
  );
}
