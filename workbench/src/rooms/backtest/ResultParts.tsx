import { Alert, Box, Table, TableBody, TableCell, TableContainer, TableHead, TableRow } from "@mui/material";
import type { ColDef } from "ag-grid-community";
import type {
  Backtest,
  BacktestChart,
  BacktestSkipped,
  BacktestSummary,
  BacktestTransaction,
} from "../../api/generated/api";
import { cents, count, money, percent, price, words } from "../../kit/format";
import { numberColumn, textColumn } from "../../kit/grid/columns";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { Section } from "../../kit/Section";
import { FIGURE_GRID, SeriesFigure } from "../../kit/SeriesFigure";
import { figureLines } from "./backtestWords";

const TRADES_HEIGHT = 420;

type Trade = BacktestTransaction & { place: number };

const TRADE_COLUMNS: ColDef<Trade>[] = [
  textColumn<Trade>("Day", (row) => row.date, { width: 110, pinned: "left" }),
  textColumn<Trade>("Asset", (row) => row.asset, { width: 160 }),
  textColumn<Trade>("Side", (row) => row.action, { width: 80 }),
  numberColumn<Trade>("Quantity", (row) => row.quantity, price, { width: 130 }),
  numberColumn<Trade>("Price", (row) => row.price, price),
  numberColumn<Trade>("Cost", (row) => row.cost, cents),
  numberColumn<Trade>("Weight after", (row) => row.weight, percent),
];

/** What came of a backtest: charts, statistics, decisions that were not made, trades. */
export function ResultParts({ of, summary }: { of: Backtest; summary: BacktestSummary }) {
  return (
    <>
      <Section title="Over time">
        <Charts charts={of.charts} />
      </Section>
      <Section title="Statistics" note="Losses are positive; ratios and volatility are those of a year">
        <Statistics summary={summary} />
      </Section>
      <Skipped skipped={of.skipped} />
      <Section
        title="Trades"
        note={
          of.transaction_count > of.transactions.length &&
          `The first ${count(of.transactions.length)} of ${count(of.transaction_count)}; the files have all`
        }
      >
        <Trades transactions={of.transactions} />
      </Section>
    </>
  );
}

function Charts({ charts }: { charts: readonly BacktestChart[] }) {
  return (
    <Box sx={FIGURE_GRID}>
      {charts.map(({ name, title, type, dates, series }) => (
        <SeriesFigure
          key={name}
          title={title}
          dates={dates}
          series={series.map((line) => ({ ...line, name: name === "wealth" ? words(line.name) : line.name }))}
          kind={type}
          format={name === "drawdown" || name === "weights" ? percent : money}
        />
      ))}
    </Box>
  );
}

function Statistics({ summary }: { summary: BacktestSummary }) {
  return (
    <TableContainer tabIndex={0} role="region" aria-label="Statistics, table" sx={{ maxWidth: 900 }}>
      <Table aria-label="Statistics" size="small">
        <TableHead>
          <TableRow>
            <TableCell>Figure</TableCell>
            <TableCell align="right">Value</TableCell>
            <TableCell>Interval, or why there is none</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {figureLines(summary).map(({ name, value, note }) => (
            <TableRow key={name}>
              <TableCell component="th" scope="row">
                {name}
              </TableCell>
              <TableCell align="right" sx={{ whiteSpace: "nowrap" }}>
                {value}
              </TableCell>
              <TableCell>{note}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function Skipped({ skipped }: { skipped: readonly BacktestSkipped[] }) {
  if (skipped.length === 0) return null;
  return (
    <Alert severity="warning" variant="outlined" sx={{ mt: 2 }}>
      {skipped.length === 1 ? "One decision was" : `${count(skipped.length)} decisions were`} not made; the
      portfolio stayed as it was.
      <Box component="ul" sx={{ m: 0, pl: 2.5, maxHeight: 160, overflow: "auto" }} tabIndex={0}>
        {skipped.map(({ date, message }) => (
          <li key={date}>
            {date}: {message}
          </li>
        ))}
      </Box>
    </Alert>
  );
}

function Trades({ transactions }: { transactions: readonly BacktestTransaction[] }) {
  return (
    <LazyGrid<Trade>
      label="Trades"
      layout="backtest-trades"
      rows={transactions.map((trade, place) => ({ ...trade, place }))}
      columns={TRADE_COLUMNS}
      rowId={({ place }) => String(place)}
      height={TRADES_HEIGHT}
      emptyText="There were no trades"
    />
  );
}
