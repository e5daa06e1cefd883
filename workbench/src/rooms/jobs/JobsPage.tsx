import { Box, FormControlLabel, MenuItem, Switch, TextField } from "@mui/material";
import { useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router-dom";
import { type Job, type JobState, useListJobsQuery } from "../../api/generated/api";
import { count } from "../../kit/format";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import type { RowAction } from "../../kit/grid/RowMenu";
import { Page } from "../../kit/Page";
import { Empty, ErrorNote } from "../../kit/states";
import { useUrlFilters } from "../../kit/useUrlFilters";
import { selectUser } from "../../session/sessionSlice";
import { usePermission } from "../../session/usePermission";
import { useAppSelector } from "../../store";
import { CancelJobDialog } from "./CancelJobDialog";
import { JOB_CELLS, JOB_COLUMNS } from "./jobColumns";
import { canCancel, isOpen, JOB_KINDS, JOB_STATE, JOB_STATES, kindWords, resultRoute } from "./jobWords";

const FILTERS = ["state", "kind", "of"] as const;
const MOST = 200;
const BUSY_MILLISECONDS = 2_000;
const IDLE_MILLISECONDS = 10_000;
const GRID_HEIGHT = "max(320px, calc(100vh - 190px))";

/** Whether the user may see, and cancel, the jobs of all users: those who are limited to groups may not. */
function useMayManage(): boolean {
  const groups = useAppSelector(selectUser)?.groups ?? null;
  return usePermission("jobs:manage") && groups === null;
}

type JobFilters = Record<(typeof FILTERS)[number], string>;

/** Jobs that refresh by themselves, oftener while one of them goes on. */
function useJobs({ state, kind, of }: JobFilters, mayManage: boolean) {
  const [busy, setBusy] = useState(false);
  const { currentData, error, refetch } = useListJobsQuery(
    {
      limit: MOST,
      ...(state in JOB_STATE ? { state: state as JobState } : {}),
      ...(kind ? { kind } : {}),
      ...(of === "all" && mayManage ? { ofAll: true } : {}),
    },
    { pollingInterval: busy ? BUSY_MILLISECONDS : IDLE_MILLISECONDS, skipPollingIfUnfocused: true },
  );
  const isBusy = currentData?.jobs.some(isOpen) ?? false;
  if (isBusy !== busy) setBusy(isBusy);
  return {
    jobs: currentData?.jobs,
    error: currentData ? undefined : error,
    refetch,
    isCut: Boolean(currentData?.next_cursor),
  };
}

export default function JobsPage() {
  const mayManage = useMayManage();
  const [filters, change] = useUrlFilters(FILTERS);
  const { jobs, error, refetch, isCut } = useJobs(filters, mayManage);
  const [cancelled, setCancelled] = useState<Job | null>(null);
  const menu = useJobMenu(setCancelled);
  const isFiltered = filters.state !== "" || filters.kind !== "";
  return (
    <Page title="Jobs" subtitle={jobs && subtitleOf(jobs, isCut)}>
      <Box sx={JOB_CELLS}>
        <LazyGrid<Job>
          label="Jobs"
          layout="jobs"
          toolbar={<JobFilterFields filters={filters} onChange={change} mayManage={mayManage} />}
          instead={
            error !== undefined ? (
              <ErrorNote error={error} onRetry={refetch} title="The jobs cannot be read" />
            ) : (
              jobs?.length === 0 && (
                <Empty title={isFiltered ? "No job matches" : "No jobs yet"}>
                  {isFiltered
                    ? "Clear a filter to see more."
                    : "What takes longer than a request, such as a blotter, is listed here while it runs and after."}
                </Empty>
              )
            )
          }
          rows={jobs}
          columns={JOB_COLUMNS}
          rowId={(job) => job.job_id}
          menu={menu}
          height={GRID_HEIGHT}
        />
      </Box>
      {cancelled && <CancelJobDialog job={cancelled} onClose={() => setCancelled(null)} />}
    </Page>
  );
}

function subtitleOf(jobs: readonly Job[], isCut: boolean): string {
  const open = jobs.filter(isOpen).length;
  const all = isCut
    ? `the newest ${count(jobs.length)}`
    : jobs.length === 1
      ? "1 job"
      : `${count(jobs.length)} jobs`;
  return `${all} · ${count(open)} not over`;
}

/** The menu of a job's row; what is over cannot be cancelled, and says so. */
function useJobMenu(cancel: (job: Job) => void) {
  const navigate = useNavigate();
  const latest = useRef({ cancel, navigate });
  latest.current = { cancel, navigate };
  return useMemo(
    () => ({
      name: (job: Job) => `job ${kindWords(job.kind)} ${job.job_id}`,
      actions: (job: Job): RowAction[] => {
        const route = resultRoute(job);
        return [
          {
            label: "Open the result",
            disabled: route === null ? "There is none" : undefined,
            onClick: () => route !== null && latest.current.navigate(route),
          },
          {
            label: "Cancel…",
            tone: "error",
            disabled: canCancel(job) ? undefined : isOpen(job) ? "It is being cancelled" : "The job is over",
            onClick: () => latest.current.cancel(job),
          },
        ];
      },
    }),
    [],
  );
}

function JobFilterFields({
  filters,
  onChange,
  mayManage,
}: {
  filters: JobFilters;
  onChange: (changes: Partial<JobFilters>) => void;
  mayManage: boolean;
}) {
  const select = (
    name: "state" | "kind",
    label: string,
    choices: readonly string[],
    words: (of: string) => string,
  ) => (
    <TextField
      select
      label={label}
      value={choices.includes(filters[name]) ? filters[name] : ""}
      onChange={(event) => onChange({ [name]: event.target.value })}
      sx={{ minWidth: 150 }}
      slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
    >
      <MenuItem value="">All</MenuItem>
      {choices.map((choice) => (
        <MenuItem key={choice} value={choice}>
          {words(choice)}
        </MenuItem>
      ))}
    </TextField>
  );
  return (
    <>
      {select("state", "State", JOB_STATES, (state) => JOB_STATE[state as JobState])}
      {select("kind", "Kind", JOB_KINDS, kindWords)}
      {mayManage && (
        <FormControlLabel
          control={
            <Switch
              checked={filters.of === "all"}
              onChange={(_event, on) => onChange({ of: on ? "all" : "" })}
            />
          }
          label="Of all users"
        />
      )}
    </>
  );
}
