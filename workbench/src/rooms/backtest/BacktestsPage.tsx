import { Box, Button } from "@mui/material";
import type { ColDef } from "ag-grid-community";
import { useCallback, useState } from "react";
import { Link, useNavigate } from "react-router-dom";
import { type BacktestView, useListBacktestsQuery } from "../../api/generated/api";
import { count, date, dateTime, percent, points } from "../../kit/format";
import { idColumn, numberColumn, textColumn } from "../../kit/grid/columns";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { PAGE_OF } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { Page } from "../../kit/Page";
import { Empty, ErrorNote } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { JOB_STATE } from "../jobs/jobWords";
import { isRunning, strategyWords } from "./backtestWords";
import { comparePath, MAX_COMPARED } from "./compare";

const MOST = 200;
const BUSY_MILLISECONDS = 2_000;
const GRID_HEIGHT = "max(320px, calc(100vh - 190px))";

const COLUMNS: ColDef<BacktestView>[] = [
  idColumn<BacktestView>("Backtest", "backtest", (row) => row.backtest_id, { width: 104, pinned: "left" }),
  textColumn<BacktestView>("Name", (row) => row.name, { width: 180 }),
  textColumn<BacktestView>("State", (row) => JOB_STATE[row.status], { width: 120 }),
  textColumn<BacktestView>("Strategy", (row) => strategyWords(row.request), { width: 170 }),
  numberColumn<BacktestView>("Assets", (row) => row.request.assets.length, count, { width: 90 }),
  numberColumn<BacktestView>("Annualised return", (row) => row.summary?.annualized_return, percent, {
    width: 130,
  }),
  numberColumn<BacktestView>("Volatility", (row) => row.summary?.volatility, percent, { width: 100 }),
  numberColumn<BacktestView>("Sharpe ratio", (row) => row.summary?.sharpe_ratio, points, { width: 110 }),
  numberColumn<BacktestView>("Drawdown", (row) => row.summary?.max_drawdown, percent, { width: 100 }),
  textColumn<BacktestView>("From", (row) => row.request.start_date, {
    width: 104,
    valueFormatter: ({ value }) => date(value as string),
  }),
  textColumn<BacktestView>("To", (row) => row.request.end_date, {
    width: 104,
    valueFormatter: ({ value }) => date(value as string),
  }),
  idColumn<BacktestView>("Grid", "backtestGrid", (row) => row.grid_id, { width: 104 }),
  textColumn<BacktestView>("Asked for", (row) => row.created_at, {
    width: 170,
    valueFormatter: ({ value }) => dateTime(value as string),
  }),
];

export default function BacktestsPage() {
  if (!usePermission("market-history:read"))
    return <NotPermitted title="Backtest" permission="market-history:read" />;
  return <Backtests />;
}

/** Backtests that are read again while one of them goes on. */
function useBacktests() {
  const [busy, setBusy] = useState(false);
  const { currentData, error, refetch } = useListBacktestsQuery(
    { limit: MOST },
    { pollingInterval: busy ? BUSY_MILLISECONDS : 0, skipPollingIfUnfocused: true },
  );
  const isBusy = currentData?.backtests.some(({ status }) => isRunning(status)) ?? false;
  if (isBusy !== busy) setBusy(isBusy);
  return { found: currentData, error: currentData ? undefined : error, refetch };
}

function Backtests() {
  const { found, error, refetch } = useBacktests();
  const rows = found?.backtests;
  const [chosen, setChosen] = useState<BacktestView[]>([]);
  const navigate = useNavigate();
  const open = useCallback((row: BacktestView) => navigate(PAGE_OF.backtest(row.backtest_id)), [navigate]);
  const ready = chosen.filter(({ summary }) => summary !== null).map(({ backtest_id }) => backtest_id);
  return (
    <Page
      title="Backtest"
      subtitle={
        rows && (found.next_cursor ? `The newest ${count(rows.length)}` : "What a strategy would have made")
      }
      actions={
        <Box sx={{ display: "flex", gap: 1 }}>
          <Button component={Link} to="/backtest/grids" variant="outlined">
            Grids
          </Button>
          {rows?.length !== 0 && <NewButton />}
        </Box>
      }
    >
      <LazyGrid<BacktestView>
        label="Backtests"
        layout="backtests"
        toolbar={<CompareButton ids={ready} />}
        instead={
          error !== undefined ? (
            <ErrorNote error={error} onRetry={refetch} title="The backtests cannot be read" />
          ) : (
            rows?.length === 0 && (
              <Empty title="No backtests yet" action={<NewButton />}>
                A backtest runs a strategy over past prices. Each decision sees the prices up to its day, and
                is traded on the next one.
              </Empty>
            )
          )
        }
        rows={rows}
        columns={COLUMNS}
        rowId={(row) => row.backtest_id}
        onOpen={open}
        onSelect={setChosen}
        height={GRID_HEIGHT}
      />
    </Page>
  );
}

function NewButton() {
  return (
    <Button component={Link} to="/backtest/new" variant="contained">
      New backtest
    </Button>
  );
}

/** Compares the chosen ones that have a result. */
function CompareButton({ ids }: { ids: readonly string[] }) {
  const navigate = useNavigate();
  return (
    <Button
      variant="outlined"
      disabled={ids.length < 2 || ids.length > MAX_COMPARED}
      onClick={() => navigate(comparePath(ids))}
    >
      {ids.length < 2
        ? "Choose two or more to compare"
        : ids.length > MAX_COMPARED
          ? `Choose at most ${MAX_COMPARED} to compare`
          : `Compare ${count(ids.length)}`}
    </Button>
  );
}
