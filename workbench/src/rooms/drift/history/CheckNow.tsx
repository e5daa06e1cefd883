import { Alert, Box, Button } from "@mui/material";
import { timeOfDay } from "../../../kit/format";
import { ErrorNote } from "../../../kit/states";
import { JobProgress } from "../../jobs/JobProgress";
import { isOpen, JOB_STATE } from "../../jobs/jobWords";
import type { Check } from "./useCheck";

/** Asks for a check now, for users who may. */
export function CheckButton({
  check,
  variant = "outlined",
}: {
  check: Check;
  variant?: "outlined" | "contained";
}) {
  if (!check.may) return null;
  return (
    <Button variant={variant} loading={check.busy} onClick={() => void check.ask()}>
      Check now
    </Button>
  );
}

/** How far a check is that was asked for, and how it ended. */
export function CheckState({ check: { job, error, lost } }: { check: Check }) {
  if (error || lost)
    return (
      <Box sx={{ mb: 1.5 }}>
        <ErrorNote
          error={error ?? lost}
          title={error ? "No check was asked for" : "The check was asked for, but cannot be followed"}
        />
      </Box>
    );
  if (!job) return null;
  return (
    <Box sx={{ mb: 1.5 }}>
      {isOpen(job) ? (
        <JobProgress job={job} />
      ) : job.state === "SUCCEEDED" ? (
        <Alert severity="success" variant="outlined" role="status">
          Checked at {timeOfDay(job.ended_at)}: every account and group with targets that you may see.
        </Alert>
      ) : (
        <Alert severity={job.state === "ABORTED" ? "info" : "error"} variant="outlined">
          The check ended early ({JOB_STATE[job.state].toLowerCase()}). {job.error?.reason} Nothing was kept.
        </Alert>
      )}
    </Box>
  );
}
