import { Box, Button } from "@mui/material";
import type { ColDef } from "ag-grid-community";
import { useCallback, useState } from "react";
import { Link, useNavigate } from "react-router-dom";
import { type BacktestGridView, useListBacktestGridsQuery } from "../../api/generated/api";
import { count, dateTime } from "../../kit/format";
import { idColumn, numberColumn, textColumn } from "../../kit/grid/columns";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { PAGE_OF } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { Page } from "../../kit/Page";
import { Empty, ErrorNote } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { isRunning, strategyWords } from "./backtestWords";
import { parameterWords, statusWords } from "./gridWords";

const MOST = 100;
const BUSY_MILLISECONDS = 3_000;
const GRID_HEIGHT = "max(320px, calc(100vh - 190px))";
const TITLE = "Grids of backtests";

const COLUMNS: ColDef<BacktestGridView>[] = [
  idColumn<BacktestGridView>("Grid", "backtestGrid", (row) => row.grid_id, { width: 104, pinned: "left" }),
  textColumn<BacktestGridView>("Name", (row) => row.request.base.name, { width: 180 }),
  textColumn<BacktestGridView>("State", statusWords, { width: 200 }),
  textColumn<BacktestGridView>("Strategy", (row) => strategyWords(row.request.base), { width: 170 }),
  textColumn<BacktestGridView>("Tried", (row) => parameterWords(row.request), { width: 420 }),
  numberColumn<BacktestGridView>("Backtests", (row) => row.backtest_count, count, { width: 100 }),
  numberColumn<BacktestGridView>("Assets", (row) => row.request.base.assets.length, count, { width: 90 }),
  textColumn<BacktestGridView>("Asked for", (row) => row.created_at, {
    width: 170,
    valueFormatter: ({ value }) => dateTime(value as string),
  }),
];

export default function GridsPage() {
  if (!usePermission("market-history:read"))
    return <NotPermitted title={TITLE} permission="market-history:read" />;
  return <Grids />;
}

function Grids() {
  const [busy, setBusy] = useState(false);
  const { currentData, error, refetch } = useListBacktestGridsQuery(
    { limit: MOST },
    { pollingInterval: busy ? BUSY_MILLISECONDS : 0, skipPollingIfUnfocused: true },
  );
  const rows = currentData?.grids;
  const isBusy = rows?.some(({ statuses }) => Object.keys(statuses).some(isRunning)) ?? false;
  if (isBusy !== busy) setBusy(isBusy);
  const navigate = useNavigate();
  const open = useCallback(
    (row: BacktestGridView) => navigate(PAGE_OF.backtestGrid(row.grid_id)),
    [navigate],
  );
  return (
    <Page
      title={TITLE}
      subtitle={
        rows &&
        (currentData.next_cursor
          ? `The newest ${count(rows.length)}`
          : "One strategy with many parameters, and how much of the best one is luck")
      }
      actions={
        <Box sx={{ display: "flex", gap: 1 }}>
          <Button component={Link} to="/backtest" variant="outlined">
            All backtests
          </Button>
          {rows?.length !== 0 && <NewButton />}
        </Box>
      }
    >
      <LazyGrid<BacktestGridView>
        label={TITLE}
        layout="backtest-grids"
        instead={
          error !== undefined && !rows ? (
            <ErrorNote error={error} onRetry={refetch} title="The grids cannot be read" />
          ) : (
            rows?.length === 0 && (
              <Empty title="No grids yet" action={<NewButton />}>
                A grid runs a backtest for each combination of parameters, and says how probable it is that
                the best of them was luck.
              </Empty>
            )
          )
        }
        rows={rows}
        columns={COLUMNS}
        rowId={(row) => row.grid_id}
        onOpen={open}
        height={GRID_HEIGHT}
      />
    </Page>
  );
}

function NewButton() {
  return (
    <Button component={Link} to="/backtest/grids/new" variant="contained">
      New grid
    </Button>
  );
}
