import { Box, Button, Table, TableBody, TableCell, TableContainer, TableHead, TableRow } from "@mui/material";
import { Link } from "react-router-dom";
import {
  type BacktestComparison,
  type ComparedBacktest,
  useCompareBacktestsQuery,
} from "../../api/generated/api";
import { points } from "../../kit/format";
import { IdLink } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { Page } from "../../kit/Page";
import { Section } from "../../kit/Section";
import { SeriesFigure } from "../../kit/SeriesFigure";
import { Empty, ErrorNote, Loading } from "../../kit/states";
import { useUrlFilters } from "../../kit/useUrlFilters";
import { usePermission } from "../../session/usePermission";
import { FIGURES, missingWords, nameOf } from "./backtestWords";

const FILTERS = ["ids"] as const;
const TITLE = "Compare backtests";

export default function CompareBacktestsPage() {
  const [{ ids }] = useUrlFilters(FILTERS);
  if (!usePermission("market-history:read"))
    return <NotPermitted title={TITLE} permission="market-history:read" />;
  if (ids === "")
    return (
      <Page title={TITLE}>
        <Empty
          title="Choose two backtests or more first"
          action={
            <Button component={Link} to="/backtest" variant="contained">
              All backtests
            </Button>
          }
        />
      </Page>
    );
  return <Compared ids={ids} />;
}

function Compared({ ids }: { ids: string }) {
  const { currentData: found, error, refetch } = useCompareBacktestsQuery({ backtestIds: ids });
  return (
    <Page
      title={TITLE}
      subtitle={found && `Over the days that all have, ${found.dates[0]} to ${found.dates.at(-1)}`}
      actions={
        <Button component={Link} to="/backtest" variant="outlined">
          All backtests
        </Button>
      }
    >
      {found ? (
        <Parts found={found} />
      ) : error ? (
        <ErrorNote error={error} onRetry={refetch} title="These backtests cannot be compared" />
      ) : (
        <Loading label="Comparing the backtests" height="60vh" />
      )}
    </Page>
  );
}

/** Names by which each is told from the others: two may have the same. */
function names(backtests: readonly ComparedBacktest[]): string[] {
  const given = backtests.map(nameOf);
  return given.map((name, place) => (given.indexOf(name) === place ? name : `${name} (${place + 1})`));
}

function Parts({ found: { dates, backtests, correlation } }: { found: BacktestComparison }) {
  const labels = names(backtests);
  return (
    <>
      <SeriesFigure
        title="Value, 1 on the first day"
        dates={dates}
        series={backtests.map(({ wealth }, place) => ({ name: labels[place] ?? "", values: wealth }))}
        kind="line"
        format={points}
        height={320}
      />
      <Section title="Statistics" note="Over these days">
        <Figures backtests={backtests} labels={labels} />
      </Section>
      <Section title="Correlation of their returns">
        <Matrix
          labels={labels}
          cell={(row, column) => {
            const [one, other] = [backtests[row], backtests[column]];
            return one && other ? correlation[one.backtest_id]?.[other.backtest_id] : null;
          }}
        />
      </Section>
    </>
  );
}

function Figures({ backtests, labels }: { backtests: readonly ComparedBacktest[]; labels: string[] }) {
  return (
    <TableContainer tabIndex={0} role="region" aria-label="Statistics, table">
      <Table aria-label="Statistics" size="small" sx={{ width: "auto" }}>
        <TableHead>
          <TableRow>
            <TableCell>Figure</TableCell>
            {backtests.map(({ backtest_id }, place) => (
              <TableCell key={backtest_id} align="right">
                <IdLink of="backtest" id={backtest_id} label={labels[place]} />
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {FIGURES.map(([figure, name, format]) => (
            <TableRow key={figure}>
              <TableCell component="th" scope="row">
                {name}
              </TableCell>
              {backtests.map((each) => (
                <TableCell key={each.backtest_id} align="right">
                  {format(each[figure])}
                  {each[figure] === null && (
                    <Box component="span" sx={{ display: "block", color: "text.secondary", fontSize: 11 }}>
                      {missingWords(each, figure)}
                    </Box>
                  )}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function Matrix({
  labels,
  cell,
}: {
  labels: readonly string[];
  cell: (row: number, column: number) => number | null | undefined;
}) {
  return (
    <TableContainer tabIndex={0} role="region" aria-label="Correlation, table">
      <Table aria-label="Correlation" size="small" sx={{ width: "auto" }}>
        <TableHead>
          <TableRow>
            <TableCell>Backtest</TableCell>
            {labels.map((label) => (
              <TableCell key={label} align="right">
                {label}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {labels.map((label, row) => (
            <TableRow key={label}>
              <TableCell component="th" scope="row">
                {label}
              </TableCell>
              {labels.map((other, column) => (
                <TableCell key={other} align="right">
                  {points(cell(row, column))}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
