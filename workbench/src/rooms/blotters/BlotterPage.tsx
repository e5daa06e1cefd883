import { Alert, Box, Stack, Typography } from "@mui/material";
import { useCallback, useState } from "react";
import { useNavigate, useParams } from "react-router-dom";
import { type Blotter, type Job, type ShownLine, useGetSystemStatusQuery } from "../../api/generated/api";
import { FactStrip } from "../../kit/FactStrip";
import { count, dateTime, shortId } from "../../kit/format";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { PAGE_OF } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { Page } from "../../kit/Page";
import { ErrorNote, Loading } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { CommitButton } from "../allocations/commit/CommitBar";
import { StepFooter } from "../allocations/wizard/StepFooter";
import { JobProgress } from "../jobs/JobProgress";
import { isOpen, JOB_STATE } from "../jobs/jobWords";
import { useJob } from "../jobs/useJob";
import {
  BLOTTER_STATUS,
  countsInWords,
  linesLeft,
  reasonAgainst,
  restInWords,
  totalsInWords,
} from "./blotterWords";
import { CommitBlotterDialog } from "./CommitBlotterDialog";
import { JointPart } from "./JointPart";
import { LineDetail } from "./LineDetail";
import { PreviewAgain } from "./PreviewAgain";
import { RESULT_CELLS, RESULT_COLUMNS } from "./resultColumns";
import { useBlotter } from "./useBlotter";

const GRID_HEIGHT = "max(260px, calc(100vh - 400px))";

export default function BlotterPage() {
  const { blotterId = "" } = useParams();
  if (!usePermission("allocations:read"))
    return <NotPermitted title="Blotter" permission="allocations:read" />;
  return <Shown key={blotterId} blotterId={blotterId} />;
}

function Shown({ blotterId }: { blotterId: string }) {
  const { blotter, error, refetch } = useBlotter(blotterId);
  const title = `Blotter ${shortId(blotterId)}`;
  if (!blotter)
    return (
      <Page title={title}>
        {error ? (
          <ErrorNote error={error} onRetry={refetch} title="The blotter cannot be read" />
        ) : (
          <Loading label="Loading the blotter" height={420} />
        )}
      </Page>
    );
  return (
    <Page
      title={title}
      subtitle={`${BLOTTER_STATUS[blotter.status]} · by ${blotter.created_by}, ${dateTime(blotter.timestamp)}`}
    >
      <Stack sx={{ gap: 1.5 }}>
        <FactStrip
          facts={[
            ["Lines", count(blotter.line_count)],
            ["Of them", countsInWords(blotter.lines_by_status)],
            ["Sales fund purchases", blotter.sales_fund_buys ? "Yes" : "No"],
            ["Split", blotter.split_jointly ? "Jointly" : "One after another"],
          ]}
        />
        <Work blotter={blotter} />
        <Rest blotter={blotter} />
        {blotter.joint && <JointPart joint={blotter.joint} />}
        <Lines lines={blotter.lines} />
        <Commit blotter={blotter} />
      </Stack>
    </Page>
  );
}

/** The job at work on it, and how the last ones ended where that was not well. */
function Work({ blotter }: { blotter: Blotter }) {
  const { status, preview_job_id, commit_job_id } = blotter;
  const isBeingPreviewed = status === "PENDING" || status === "RUNNING";
  return (
    <>
      {(isBeingPreviewed || commit_job_id === null || linesLeft(blotter) > 0) && (
        <WorkOfJob jobId={preview_job_id} isAtWork={isBeingPreviewed} />
      )}
      {!isBeingPreviewed && commit_job_id !== null && (
        <WorkOfJob jobId={commit_job_id} isAtWork={status === "COMMITTING"} />
      )}
    </>
  );
}

function WorkOfJob({ jobId, isAtWork }: { jobId: string; isAtWork: boolean }) {
  const { job, error } = useJob(jobId);
  // Whoever may read the blotter of another user does not see that user's jobs.
  if (!job) return error === null && isAtWork ? <Loading label="Loading the progress" height={38} /> : null;
  return isOpen(job) ? <JobProgress job={job} /> : <Ending job={job} />;
}

function Ending({ job }: { job: Job }) {
  if (job.state === "SUCCEEDED") return null;
  const isCommit = job.kind === "blotters.commit";
  return (
    <Alert severity={job.state === "ABORTED" ? "info" : "error"} variant="outlined">
      {isCommit ? "The commit" : "The preview"} ended early ({JOB_STATE[job.state].toLowerCase()}).{" "}
      {job.error?.reason}{" "}
      {isCommit && "What was sent stays sent. Commit again to go on with the lines that are left."}
    </Alert>
  );
}

/** Lines that no job has previewed yet: they can be, whatever became of the others. */
function Rest({ blotter }: { blotter: Blotter }) {
  const left = linesLeft(blotter);
  if (left === 0) return null;
  return (
    <Alert severity="info" variant="outlined" action={<PreviewAgain blotter={blotter} />}>
      {restInWords(left)}
    </Alert>
  );
}

function Lines({ lines }: { lines: readonly ShownLine[] }) {
  const [at, setAt] = useState<number | null>(null);
  const navigate = useNavigate();
  const open = useCallback(
    ({ allocation_id }: ShownLine) => {
      if (allocation_id) navigate(PAGE_OF.allocation(allocation_id));
    },
    [navigate],
  );
  return (
    <Box sx={RESULT_CELLS}>
      <LazyGrid<ShownLine>
        label="Lines of the blotter"
        layout="blotter-lines"
        rows={lines}
        columns={RESULT_COLUMNS}
        rowId={({ line }) => String(line)}
        onOpen={open}
        height={GRID_HEIGHT}
        totalsText={totalsInWords(lines)}
        gridOptions={{
          onCellFocused: ({ api, rowIndex }) =>
            setAt((rowIndex === null ? null : api.getDisplayedRowAtIndex(rowIndex)?.data?.line) ?? null),
        }}
      />
      <LineDetail line={lines.find(({ line }) => line === at) ?? null} />
    </Box>
  );
}

/** Commits what can be committed; whoever may not commit anything finds no button. */
function Commit({ blotter }: { blotter: Blotter }) {
  const mayCommit = usePermission("allocations:commit");
  const { data: system } = useGetSystemStatusQuery();
  const [asking, setAsking] = useState(false);
  if (!mayCommit) return null;
  const { lines, status } = blotter;
  if (status === "COMMITTED")
    return <Typography role="status">Aladdin has the order of every line.</Typography>;
  const reason = reasonAgainst(lines, { status, mayCommit, trading: system?.trading ?? null });
  return (
    <StepFooter>
      <CommitButton reason={reason} onClick={() => setAsking(true)} />
      {asking && <CommitBlotterDialog blotter={blotter} onClose={() => setAsking(false)} />}
    </StepFooter>
  );
}
