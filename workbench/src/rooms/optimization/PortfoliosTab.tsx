import { Button } from "@mui/material";
import type { ColDef } from "ag-grid-community";
import { useCallback } from "react";
import { Link, useNavigate } from "react-router-dom";
import { type OptimizationSummary, useListOptimizedPortfoliosQuery } from "../../api/generated/api";
import { count, dateTime } from "../../kit/format";
import { idColumn, numberColumn, textColumn } from "../../kit/grid/columns";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { PAGE_OF } from "../../kit/links";
import { Empty, ErrorNote } from "../../kit/states";
import { MEASURES, MODELS, OBJECTIVES, STATUSES } from "./portfolioWords";

const MOST = 200;
const GRID_HEIGHT = "max(320px, calc(100vh - 240px))";

const COLUMNS: ColDef<OptimizationSummary>[] = [
  idColumn("Portfolio", "optimized", ({ portfolio_id }) => portfolio_id, { width: 104, pinned: "left" }),
  textColumn("Objective", ({ objective }) => OBJECTIVES[objective].name, { width: 180 }),
  textColumn("Measure of risk", ({ risk_measure }) => MEASURES[risk_measure].name, { width: 210 }),
  textColumn("Returns from", ({ model }) => MODELS[model].name, { width: 140 }),
  numberColumn("Assets", ({ asset_count }) => asset_count, count, { width: 90 }),
  textColumn("Proof", ({ status }) => STATUSES[status], { width: 140 }),
  textColumn("Asked for", ({ timestamp }) => timestamp, {
    width: 170,
    valueFormatter: ({ value }) => dateTime(value as string),
  }),
  textColumn("By", ({ created_by }) => created_by, { width: 140 }),
];

/** The portfolios that were optimised, the newest first. */
export default function PortfoliosTab() {
  const { currentData, error, refetch } = useListOptimizedPortfoliosQuery({ limit: MOST });
  const rows = currentData?.portfolios;
  const navigate = useNavigate();
  const open = useCallback(
    ({ portfolio_id }: OptimizationSummary) => navigate(PAGE_OF.optimized(portfolio_id)),
    [navigate],
  );
  return (
    <LazyGrid<OptimizationSummary>
      label="Optimised portfolios"
      layout="optimized-portfolios"
      instead={
        !rows && error !== undefined ? (
          <ErrorNote error={error} onRetry={refetch} title="The portfolios cannot be read" />
        ) : (
          rows?.length === 0 && (
            <Empty
              title="No portfolio was optimised yet"
              action={
                <Button component={Link} to="/optimise" variant="outlined">
                  New portfolio
                </Button>
              }
            >
              Each one is kept with the prices that were known then, and can be computed again.
            </Empty>
          )
        )
      }
      rows={rows}
      columns={COLUMNS}
      rowId={({ portfolio_id }) => portfolio_id}
      onOpen={open}
      height={GRID_HEIGHT}
      totalsText={currentData?.next_cursor ? `The newest ${count(rows?.length)}` : undefined}
    />
  );
}
