import { Box, Button, LinearProgress, Stack, Typography } from "@mui/material";
import { visuallyHidden } from "@mui/utils";
import { useState } from "react";
import type { Job } from "../../api/generated/api";
import { serverNow } from "../../api/serverClock";
import { percent } from "../../kit/format";
import { CancelJobDialog } from "./CancelJobDialog";
import { canCancel, doneShare, doneWords, JOB_STATE, kindWords, leftWords } from "./jobWords";

/** Steps in which screen readers hear how far a job is. */
const HEARD_STEPS = 4;

/** A job that goes on: how far it is, how long it still takes, and how to cancel it. */
export function JobProgress({ job }: { job: Job }) {
  const [asking, setAsking] = useState(false);
  const share = doneShare(job);
  const facts = [JOB_STATE[job.state], doneWords(job), leftWords(job, serverNow())].filter(Boolean);
  const heard = share === null ? "" : percent(Math.floor(share * HEARD_STEPS) / HEARD_STEPS);
  return (
    <Box role="group" aria-label={kindWords(job.kind)}>
      <Stack
        direction="row"
        useFlexGap
        sx={{ flexWrap: "wrap", alignItems: "center", gap: 1.5, minHeight: 32 }}
      >
        <Typography sx={{ fontWeight: 650 }}>{kindWords(job.kind)}</Typography>
        <Typography color="textSecondary" sx={{ flexGrow: 1 }}>
          {facts.join(" · ")}
        </Typography>
        {canCancel(job) && (
          <Button color="error" onClick={() => setAsking(true)}>
            Cancel…
          </Button>
        )}
      </Stack>
      <LinearProgress
        aria-label={`Progress: ${kindWords(job.kind)}`}
        variant={share === null ? "indeterminate" : "determinate"}
        value={share === null ? undefined : share * 100}
        sx={{ height: 6, borderRadius: 1 }}
      />
      <Box role="status" sx={visuallyHidden}>
        {`${JOB_STATE[job.state]} ${heard}`}
      </Box>
      {asking && <CancelJobDialog job={job} onClose={() => setAsking(false)} />}
    </Box>
  );
}
