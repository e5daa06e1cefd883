import { Box, Button, Stack, Typography } from "@mui/material";
import type { ColDef } from "ag-grid-community";
import { useCallback, useMemo } from "react";
import { Link, useNavigate } from "react-router-dom";
import type { AllocationLine, ListAllocationsApiArg } from "../../api/generated/api";
import { DownloadButtons } from "../../kit/DownloadButtons";
import { count, dateTime, face } from "../../kit/format";
import { idColumn, numberColumn, textColumn } from "../../kit/grid/columns";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { PAGE_OF } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { Page } from "../../kit/Page";
import { SIDE_CELLS, SIDE_WORDS, sideClass } from "../../kit/Side";
import { Empty, ErrorNote } from "../../kit/states";
import { useUrlFilters } from "../../kit/useUrlFilters";
import { usePermission } from "../../session/usePermission";
import { HistoryFilters } from "./HistoryFilters";
import { fileParameters, HISTORY_FILTERS, linesCanFilter, listParameters } from "./historyFilter";
import { methodName } from "./method/methods";
import { ALLOCATION_STATUS, STATUS_COLOUR } from "./statusWords";
import { useHistory } from "./useHistory";

const GRID_HEIGHT = "max(320px, calc(100vh - 262px))";

const COLUMNS: ColDef<AllocationLine>[] = [
  idColumn<AllocationLine>("Allocation", "allocation", (row) => row.allocation_id, {
    width: 104,
    pinned: "left",
  }),
  textColumn<AllocationLine>("Previewed", (row) => row.timestamp, {
    width: 160,
    valueFormatter: ({ value }) => dateTime(value as string),
  }),
  textColumn<AllocationLine>("Bond", (row) => row.security_description ?? row.security_id, { width: 238 }),
  textColumn<AllocationLine>("Side", (row) => SIDE_WORDS[row.side], {
    width: 64,
    minWidth: 60,
    cellClass: sideClass,
  }),
  numberColumn<AllocationLine>("Asked", (row) => row.quantity, face, { width: 100 }),
  numberColumn<AllocationLine>("Allocated", (row) => row.total_allocated, face, { width: 100 }),
  textColumn<AllocationLine>("Status", (row) => ALLOCATION_STATUS[row.status], {
    width: 140,
    cellClass: ({ data }) => `status-${data?.status}`,
  }),
  textColumn<AllocationLine>("Method", (row) => methodName(row.allocation_method), { width: 120 }),
  numberColumn<AllocationLine>("Ordered", (row) => row.ordered_quantity, face, { width: 100 }),
  numberColumn<AllocationLine>("Filled", (row) => row.filled_quantity, face, { width: 100 }),
  idColumn<AllocationLine>("Order", "order", (row) => row.aladdin_order_id, { width: 100 }),
  textColumn<AllocationLine>("Groups", (row) => row.portfolio_groups.join(", "), { width: 130 }),
  textColumn<AllocationLine>("By", (row) => row.created_by, { width: 120 }),
  textColumn<AllocationLine>("CUSIP", (row) => row.security_id, { width: 100 }),
];

const CELLS = {
  ...SIDE_CELLS,
  ...Object.fromEntries(
    Object.entries(STATUS_COLOUR).map(([status, color]) => [
      `& .status-${status}`,
      { color, fontWeight: 600 },
    ]),
  ),
};

export default function HistoryPage() {
  if (!usePermission("allocations:read"))
    return <NotPermitted title="History" permission="allocations:read" />;
  return <History />;
}

function History() {
  const [filters, change] = useUrlFilters(HISTORY_FILTERS);
  const parameters = useMemo(() => listParameters(filters), [filters]);
  const { rows, error, refetch, more, isLoadingMore, moreError } = useHistory(parameters);
  const navigate = useNavigate();
  const open = useCallback(
    (row: AllocationLine) => navigate(PAGE_OF.allocation(row.allocation_id)),
    [navigate],
  );
  return (
    <Page
      title="History"
      subtitle="Allocations as they were shown, newest first"
      actions={<Exports of={parameters} />}
    >
      <Box sx={CELLS}>
        <LazyGrid<AllocationLine>
          label="Allocations"
          layout="history"
          toolbar={<HistoryFilters filters={filters} onChange={change} />}
          instead={
            error !== undefined ? (
              <ErrorNote error={error} onRetry={refetch} title="The history cannot be read" />
            ) : (
              rows?.length === 0 && <Nothing isFiltered={Object.keys(parameters).length > 0} />
            )
          }
          rows={rows}
          columns={COLUMNS}
          rowId={(row) => row.allocation_id}
          onOpen={open}
          height={GRID_HEIGHT}
        />
      </Box>
      {moreError !== undefined && <ErrorNote error={moreError} title="Older allocations cannot be read" />}
      {rows && rows.length > 0 && (
        <Stack direction="row" sx={{ alignItems: "center", gap: 2, mt: 1 }}>
          <Typography role="status" color="textSecondary">
            {more
              ? `The newest ${count(rows.length)} allocations`
              : rows.length === 1
                ? "1 allocation"
                : `All ${count(rows.length)} allocations`}
          </Typography>
          {more && (
            <Button variant="outlined" onClick={more} loading={isLoadingMore}>
              Load more
            </Button>
          )}
        </Stack>
      )}
    </Page>
  );
}

/** Files of the list, and of its lines by account, which know fewer filters. */
function Exports({ of }: { of: ListAllocationsApiArg }) {
  const mayReport = usePermission("reports:read");
  const params = fileParameters(of);
  const files = (url: string) => [
    { label: "CSV", url, params: { ...params, format: "csv" } },
    { label: "XLSX", url, params: { ...params, format: "xlsx" } },
  ];
  return (
    <Stack direction="row" useFlexGap sx={{ alignItems: "center", gap: 1, flexWrap: "wrap" }}>
      <Typography color="textSecondary">Allocations</Typography>
      <DownloadButtons of="Allocations" files={files("allocations")} />
      {mayReport && <Typography color="textSecondary">By account</Typography>}
      {mayReport &&
        (linesCanFilter(params) ? (
          <DownloadButtons of="Lines by account" files={files("reports/allocation-history")} />
        ) : (
          <Typography color="textSecondary">by status, bond and dates alone</Typography>
        ))}
    </Stack>
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) return <Empty title="No allocation matches">Clear a filter to see more.</Empty>;
  return (
    <Empty
      title="No allocations yet"
      action={
        <Button component={Link} to="/workbench" variant="contained">
          New order
        </Button>
      }
    >
      Every preview is kept here as it was shown, and what became of it.
    </Empty>
  );
}
