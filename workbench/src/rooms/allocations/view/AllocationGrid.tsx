import { Alert, Button, Stack, Typography } from "@mui/material";
import type { GridApi } from "ag-grid-community";
import { useCallback, useMemo, useRef } from "react";
import type { Allocation } from "../../../api/generated/api";
import { DownloadButtons, type DownloadChoice } from "../../../kit/DownloadButtons";
import { count } from "../../../kit/format";
import { LazyGrid } from "../../../kit/grid/LazyGrid";
import { CopyIcon, UndoIcon } from "../../../kit/icons";
import { ErrorNote } from "../../../kit/states";
import { noticed } from "../../../shell/noticesSlice";
import { useAppDispatch } from "../../../store";
import { columnsOf } from "./gridColumns";
import { METRIC_NAME, METRIC_UNIT } from "./metrics";
import { type AccountRow, totalsOf } from "./rows";
import { totalsInWords } from "./words";

/** Edits of a preview: what useAdjust gives. */
export interface Adjuster {
  /** Text of a quantity as typed, for an account. */
  change: (accountId: string, text: string) => void;
  release: (accountId: string) => void;
  undo: (() => void) | null;
  busy: boolean;
  /** Why the last edit was not taken. */
  message: string | null;
  error: unknown;
}

const ROW = 28;
const MOST_ROWS = 18;

/** Every account of a split; quantities can be edited where an adjuster is given. */
export function AllocationGrid({
  allocation,
  rows,
  adjuster,
}: {
  allocation: Allocation;
  rows: AccountRow[];
  adjuster?: Adjuster;
}) {
  const grid = useRef<GridApi<AccountRow> | null>(null);
  const dispatch = useAppDispatch();
  const target = allocation.summary.dispersion_metrics.target_metric;
  const edited = allocation.adjustment !== null;
  const editable = adjuster !== undefined && !adjuster.busy;
  const change = adjuster?.change;
  const release = adjuster?.release;
  const columns = useMemo(
    () =>
      columnsOf({
        metric: `${METRIC_NAME[target]} in ${METRIC_UNIT[target]}`,
        editable,
        edited,
        release: editable ? release : undefined,
      }),
    [target, editable, edited, release],
  );
  const totals = useMemo(() => totalsOf(rows, allocation), [rows, allocation]);
  const height = Math.min(rows.length, MOST_ROWS) * ROW + ROW + 60;
  const ready = useCallback((api: GridApi<AccountRow>) => {
    grid.current = api;
  }, []);
  const options = useMemo(
    () => ({
      // Two lines, for the names that need them.
      headerHeight: 40,
      undoRedoCellEditing: false,
      readOnlyEdit: true,
      singleClickEdit: false,
      onCellEditRequest: ({ data, newValue }: { data: AccountRow; newValue: unknown }) =>
        change?.(data.id, String(newValue ?? "")),
      onFirstDataRendered: painted,
      onRowDataUpdated: painted,
      rowClassRules: { "row-moved": ({ data }: { data?: AccountRow }) => (data?.moved ?? 0) !== 0 },
    }),
    [change],
  );
  const toolbar = (
    <>
      <Typography sx={{ flexGrow: 1 }} color="textSecondary" role="status">
        {adjuster?.busy
          ? "The rest is being split again…"
          : adjuster
            ? "Edit a quantity and press Enter: the rest is split again."
            : ""}
      </Typography>
      {adjuster && (
        <Button
          startIcon={<UndoIcon />}
          disabled={!adjuster.undo || adjuster.busy}
          onClick={() => adjuster.undo?.()}
        >
          Undo
        </Button>
      )}
      <Button
        startIcon={<CopyIcon />}
        onClick={async () => {
          const { copyFromGrid } = await import("../../../kit/grid/copy");
          if (!grid.current) return;
          const copied = await copyFromGrid(grid.current, true);
          dispatch(
            noticed({ severity: "success", message: `Copied ${count(copied)} rows with their header` }),
          );
        }}
      >
        Copy
      </Button>
      <DownloadButtons of="Allocation" files={filesOf(allocation)} />
    </>
  );
  return (
    <Stack
      component="section"
      aria-label="Accounts"
      spacing={0.5}
      onKeyDown={(event) => {
        const undoes = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey;
        if (!undoes || !adjuster?.undo || event.target instanceof HTMLInputElement) return;
        event.preventDefault();
        adjuster.undo();
      }}
      sx={{ "& .row-moved": { bgcolor: "action.selected" } }}
    >
      {adjuster?.message && (
        <Alert severity="warning" variant="outlined" role="alert">
          {adjuster.message}
        </Alert>
      )}
      {adjuster?.error != null && <ErrorNote error={adjuster.error} title="The edit was not taken" />}
      <LazyGrid<AccountRow>
        label="Allocation by account"
        layout="allocation"
        toolbar={toolbar}
        rows={rows}
        columns={columns}
        rowId={rowId}
        totals={totals}
        totalsText={totalsInWords(allocation)}
        height={height}
        emptyText="No account takes part"
        onReady={ready}
        gridOptions={options}
      />
    </Stack>
  );
}

const WAITING = columnsOf({ metric: "", editable: false, edited: false });
const WAITING_OPTIONS = { headerHeight: 40 };

/** The grid without its rows: it is made while they are computed, so that they are painted at once. */
export function WaitingGrid({ label, height }: { label: string; height: string }) {
  return (
    <LazyGrid<AccountRow>
      label={label}
      rows={undefined}
      columns={WAITING}
      rowId={rowId}
      height={height}
      gridOptions={WAITING_OPTIONS}
    />
  );
}

function filesOf({ allocation_id: id }: Allocation): DownloadChoice[] {
  const url = `allocations/${id}`;
  return [
    { label: "CSV", url, params: { format: "csv", bom: true } },
    { label: "XLSX", url, params: { format: "xlsx" } },
  ];
}

function rowId(row: AccountRow): string {
  return row.id;
}

/** For measurements: the time from the answer of a preview to its rows on the screen. */
function painted(): void {
  requestAnimationFrame(() =>
    setTimeout(() => {
      if (performance.getEntriesByName("preview-answered").length > 0)
        performance.measure("preview-painted", "preview-answered");
      performance.clearMarks("preview-answered");
    }),
  );
}
