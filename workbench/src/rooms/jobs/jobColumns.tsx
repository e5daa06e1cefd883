import type { ColDef } from "ag-grid-community";
import type { Job } from "../../api/generated/api";
import { dateTime } from "../../kit/format";
import { linkCell } from "../../kit/grid/cells";
import { textColumn } from "../../kit/grid/columns";
import { doneShare, doneWords, JOB_COLOUR, JOB_STATE, kindWords, resultRoute } from "./jobWords";

/** Classes that colour cells; each has its word as well. */
export const JOB_CELLS = {
  ...Object.fromEntries(
    Object.entries(JOB_COLOUR).map(([state, color]) => [`& .job-${state}`, { color, fontWeight: 600 }]),
  ),
  "& .done": {
    backgroundImage: "linear-gradient(var(--done-bar), var(--done-bar))",
    backgroundRepeat: "no-repeat",
    backgroundPosition: "0 4px",
    "--done-bar": "color-mix(in srgb, var(--mui-palette-primary-main) 22%, transparent)",
  },
};

const moment = (name: string, field: (job: Job) => string | null, width: number) =>
  textColumn<Job>(name, field, { width, valueFormatter: ({ value }) => dateTime(value as string) });

export const JOB_COLUMNS: ColDef<Job>[] = [
  textColumn<Job>("Job", (job) => kindWords(job.kind), { width: 150, pinned: "left" }),
  textColumn<Job>("State", (job) => JOB_STATE[job.state], {
    width: 125,
    cellClass: ({ data }) => `job-${data?.state}`,
  }),
  textColumn<Job>("Progress", doneWords, {
    width: 160,
    cellClass: "done",
    cellStyle: ({ data }) => ({
      backgroundSize: `${100 * ((data && doneShare(data)) ?? 0)}% calc(100% - 8px)`,
    }),
  }),
  moment("Started", (job) => job.started_at, 165),
  moment("Expected end", (job) => (job.ended_at ? null : job.expected_end_at), 165),
  textColumn<Job>("By", (job) => job.username, { width: 120 }),
  textColumn<Job>("Result", (job) => resultRoute(job) && "Open", {
    width: 80,
    cellRenderer: linkCell<Job>({
      route: resultRoute,
      text: () => "Open",
      title: (job) => `What job ${job.job_id} made`,
    }),
  }),
  textColumn<Job>("Reason", (job) => job.error?.reason, {
    width: 360,
    tooltipValueGetter: ({ data }) => data?.error?.reason,
  }),
  textColumn<Job>("Phase", (job) => job.phase, { width: 100 }),
  moment("Asked for", (job) => job.created_at, 165),
  moment("Ended", (job) => job.ended_at, 165),
];
