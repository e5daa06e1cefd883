import { Box, Button } from "@mui/material";
import type { ColDef } from "ag-grid-community";
import { useCallback } from "react";
import { Link, useNavigate } from "react-router-dom";
import { type BlotterSummary, useListBlottersQuery } from "../../api/generated/api";
import { count, dateTime } from "../../kit/format";
import { idColumn, numberColumn, textColumn } from "../../kit/grid/columns";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { PAGE_OF } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { Page } from "../../kit/Page";
import { Empty, ErrorNote } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { BLOTTER_COLOUR, BLOTTER_STATUS, countsInWords } from "./blotterWords";

const MOST = 200;
const POLL_MILLISECONDS = 5_000;
const GRID_HEIGHT = "max(320px, calc(100vh - 190px))";

const COLUMNS: ColDef<BlotterSummary>[] = [
  idColumn<BlotterSummary>("Blotter", "blotter", (row) => row.blotter_id, { width: 104, pinned: "left" }),
  textColumn<BlotterSummary>("Status", (row) => BLOTTER_STATUS[row.status], {
    width: 140,
    cellClass: ({ data }) => `blotter-${data?.status}`,
  }),
  numberColumn<BlotterSummary>("Lines", (row) => row.line_count, count, { width: 90 }),
  textColumn<BlotterSummary>("Progress", (row) => countsInWords(row.lines_by_status), {
    width: 320,
  }),
  textColumn<BlotterSummary>("Asked for", (row) => row.timestamp, {
    width: 170,
    valueFormatter: ({ value }) => dateTime(value as string),
  }),
  textColumn<BlotterSummary>("By", (row) => row.created_by, { width: 140 }),
  textColumn<BlotterSummary>("Sales fund buys", (row) => (row.sales_fund_buys ? "Yes" : "No"), {
    width: 130,
  }),
];

const CELLS = Object.fromEntries(
  Object.entries(BLOTTER_COLOUR).map(([status, color]) => [
    `& .blotter-${status}`,
    { color, fontWeight: 600 },
  ]),
);

export default function BlottersPage() {
  if (!usePermission("allocations:read"))
    return <NotPermitted title="Blotters" permission="allocations:read" />;
  return <Blotters />;
}

function Blotters() {
  const { currentData, error, refetch } = useListBlottersQuery(
    { limit: MOST },
    { pollingInterval: POLL_MILLISECONDS, skipPollingIfUnfocused: true },
  );
  const rows = currentData?.blotters;
  const navigate = useNavigate();
  const open = useCallback((row: BlotterSummary) => navigate(PAGE_OF.blotter(row.blotter_id)), [navigate]);
  return (
    <Page
      title="Blotters"
      subtitle={
        rows &&
        (currentData.next_cursor ? `The newest ${count(rows.length)}` : "Many orders at once, newest first")
      }
      actions={rows?.length !== 0 && <NewBlotterButton />}
    >
      <Box sx={CELLS}>
        <LazyGrid<BlotterSummary>
          label="Blotters"
          layout="blotters"
          instead={
            !rows && error !== undefined ? (
              <ErrorNote error={error} onRetry={refetch} title="The blotters cannot be read" />
            ) : (
              rows?.length === 0 && (
                <Empty title="No blotters yet" action={<NewBlotterButton />}>
                  A blotter is a list of orders that are split together: each sees the cash and positions that
                  the lines before it leave.
                </Empty>
              )
            )
          }
          rows={rows}
          columns={COLUMNS}
          rowId={(row) => row.blotter_id}
          onOpen={open}
          height={GRID_HEIGHT}
        />
      </Box>
    </Page>
  );
}

function NewBlotterButton() {
  if (!usePermission("allocations:preview")) return null;
  return (
    <Button component={Link} to="/blotters/new" variant="contained">
      New blotter
    </Button>
  );
}
