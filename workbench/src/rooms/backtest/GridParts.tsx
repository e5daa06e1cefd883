import {
  Alert,
  type AlertColor,
  Box,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
} from "@mui/material";
import { alpha } from "@mui/material/styles";
import type { ColDef } from "ag-grid-community";
import { useCallback, useMemo } from "react";
import { useNavigate } from "react-router-dom";
import type { BacktestGrid, BacktestView, CrossValidation } from "../../api/generated/api";
import { type Fact, FactStrip } from "../../kit/FactStrip";
import { count, percent, points } from "../../kit/format";
import { idColumn, numberColumn, textColumn } from "../../kit/grid/columns";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { PAGE_OF } from "../../kit/links";
import { Section } from "../../kit/Section";
import { JOB_STATE } from "../jobs/jobWords";
import {
  overfittingWords,
  PARAMETERS,
  type Parameter,
  sharpeTable,
  tried,
  validationWords,
  valueWords,
  variedOf,
} from "./gridWords";

const MOST_HEIGHT = 560;
const ROW_HEIGHT = 34;
const HEAD_HEIGHT = 60;

/** What came of a grid: how much is luck, Sharpe ratios by parameters, and its backtests. */
export function GridParts({ of }: { of: BacktestGrid }) {
  const varied = variedOf(of.request);
  const [rows, columns = null, ...others] = varied;
  const hasSome = of.backtests.some(({ summary }) => summary !== null);
  return (
    <>
      <Luck of={of} varied={varied} />
      {rows && hasSome && (
        <Section
          title="Sharpe ratio by parameters"
          note={
            others.length > 0 &&
            `The mean over ${others.map((name) => PARAMETERS[name].toLowerCase()).join(", ")}`
          }
        >
          <HeatTable backtests={of.backtests} rows={rows} columns={columns} />
        </Section>
      )}
      <Section title="Backtests" note="A click on a heading sorts by it">
        <Trials of={of} varied={varied} />
      </Section>
    </>
  );
}

function Luck({ of, varied }: { of: BacktestGrid; varied: readonly Parameter[] }) {
  const { overfitting, message, cross_validation: validated, cross_validation_undefined: undefined_ } = of;
  if (!overfitting && !validated && !message) return null;
  const best = of.backtests.find(({ backtest_id }) => backtest_id === overfitting?.best_backtest_id);
  return (
    <Section title="How much of the best one is luck">
      <Box sx={{ display: "grid", gap: 1, maxWidth: 1100 }}>
        {overfitting ? (
          <Alert severity={severityOf(overfitting.probability_of_overfitting)} variant="outlined">
            {overfittingWords(overfitting, best ? combination(best, varied) : "the best one")}
          </Alert>
        ) : (
          <Alert severity="info" variant="outlined">
            The probability of overfitting is not known. {message}
          </Alert>
        )}
        {validated ? (
          <>
            <Alert severity={severityOf(validated.loss_probability)} variant="outlined">
              {validationWords(validated)}
            </Alert>
            <FactStrip facts={factsOf(validated)} />
          </>
        ) : (
          undefined_ && (
            <Alert severity="info" variant="outlined">
              The choice is not cross-validated. {undefined_.message}
            </Alert>
          )
        )}
      </Box>
    </Section>
  );
}

function severityOf(share: number): AlertColor {
  return share >= 0.5 ? "error" : share >= 0.2 ? "warning" : "success";
}

function combination(backtest: BacktestView, varied: readonly Parameter[]): string {
  return varied
    .map(
      (name) => `${PARAMETERS[name].toLowerCase()} ${valueWords(name, tried(backtest, name)).toLowerCase()}`,
    )
    .join(", ");
}

function factsOf(found: CrossValidation): Fact[] {
  return [
    ["Median of the paths", points(found.median_sharpe)],
    ["Standard deviation", points(found.sharpe_deviation)],
    ["Splits", count(found.split_count)],
    ["Folds", `${count(found.folds)}, ${count(found.test_folds)} tested together`],
    ["Days purged", count(found.purged_days)],
    ["Days of embargo", count(found.embargo_days)],
  ];
}

/** Ratios by one or two parameters: the higher, the deeper the colour; each cell has its number. */
function HeatTable({
  backtests,
  rows,
  columns,
}: {
  backtests: readonly BacktestView[];
  rows: Parameter;
  columns: Parameter | null;
}) {
  const table = sharpeTable(backtests, rows, columns);
  const known = table.rows.flatMap(({ values }) => values.filter((value) => value !== null));
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  return (
    <TableContainer tabIndex={0} role="region" aria-label="Sharpe ratio by parameters, table">
      <Table aria-label="Sharpe ratio by parameters" size="small" sx={{ width: "auto" }}>
        <TableHead>
          <TableRow>
            <TableCell>
              {PARAMETERS[rows]}
              {columns && ` \\ ${PARAMETERS[columns]}`}
            </TableCell>
            {table.columns.map((name) => (
              <TableCell key={name ?? ""} align="right">
                {name ?? "Sharpe ratio"}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {table.rows.map(({ name, values }) => (
            <TableRow key={name}>
              <TableCell component="th" scope="row">
                {name}
              </TableCell>
              {values.map((value, place) => (
                <TableCell
                  key={table.columns[place] ?? ""}
                  align="right"
                  sx={(theme) => ({
                    minWidth: 96,
                    bgcolor:
                      value === null
                        ? undefined
                        : alpha(theme.palette.primary.main, 0.04 + (0.26 * (value - low)) / span),
                  })}
                >
                  {points(value)}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function Trials({ of, varied }: { of: BacktestGrid; varied: readonly Parameter[] }) {
  const navigate = useNavigate();
  const open = useCallback((row: BacktestView) => navigate(PAGE_OF.backtest(row.backtest_id)), [navigate]);
  const chosen = of.cross_validation?.chosen;
  const columns = useMemo(() => trialColumns(varied, chosen), [varied, chosen]);
  return (
    <LazyGrid<BacktestView>
      label="Backtests of the grid"
      layout="backtest-trials"
      rows={of.backtests}
      columns={columns}
      rowId={(row) => row.backtest_id}
      onOpen={open}
      height={Math.min(HEAD_HEIGHT + ROW_HEIGHT * of.backtests.length, MOST_HEIGHT)}
    />
  );
}

function trialColumns(
  varied: readonly Parameter[],
  chosen: CrossValidation["chosen"] | undefined,
): ColDef<BacktestView>[] {
  return [
    idColumn<BacktestView>("Backtest", "backtest", (row) => row.backtest_id, { width: 104, pinned: "left" }),
    ...varied.map((name) =>
      name === "rebalancing_frequency"
        ? textColumn<BacktestView>(PARAMETERS[name], (row) => valueWords(name, tried(row, name)), {
            width: 110,
          })
        : numberColumn<BacktestView>(
            PARAMETERS[name],
            (row) => tried(row, name) as number,
            (value) => (value === null || value === undefined ? "" : valueWords(name, value)),
            { width: 170 },
          ),
    ),
    textColumn<BacktestView>("State", (row) => JOB_STATE[row.status], { width: 110 }),
    numberColumn<BacktestView>("Sharpe ratio", (row) => row.summary?.sharpe_ratio, points, { width: 120 }),
    numberColumn<BacktestView>("Annualised return", (row) => row.summary?.annualized_return, percent, {
      width: 140,
    }),
    numberColumn<BacktestView>("Volatility", (row) => row.summary?.volatility, percent, { width: 110 }),
    numberColumn<BacktestView>("Drawdown", (row) => row.summary?.max_drawdown, percent, { width: 110 }),
    numberColumn<BacktestView>("Annual turnover", (row) => row.summary?.turnover, percent, { width: 150 }),
    numberColumn<BacktestView>("Splits that chose it", (row) => chosen?.[row.backtest_id], count, {
      width: 160,
    }),
  ];
}
