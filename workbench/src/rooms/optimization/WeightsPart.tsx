import { Box, Table, TableBody, TableCell, TableHead, TableRow } from "@mui/material";
import { lazy, Suspense } from "react";
import type { EfficientPoint, OptimizedPortfolio } from "../../api/generated/api";
import { percent } from "../../kit/format";
import { Section } from "../../kit/Section";
import { ErrorNote, Loading } from "../../kit/states";
import { isHeld } from "./portfolioWords";
import { riskRequest, useGetContributionsQuery } from "./risk";
import { type WeightRow, weightRows, weightWords } from "./weightRows";

const WeightsPicture = lazy(() => import("./WeightsPicture"));

const ROW_HEIGHT = 30;

/** Weights as bars and in a table, with what each asset contributes to the risk of those that are chosen. */
export function WeightsPart({
  portfolio,
  point,
}: {
  portfolio: OptimizedPortfolio;
  /** Of the frontier, if one is chosen. */
  point: EfficientPoint | null;
}) {
  const request = riskRequest(portfolio, point?.weights ?? portfolio.weights);
  const { currentData, error, isFetching, refetch } = useGetContributionsQuery(request);
  const rows = weightRows(portfolio, point?.weights ?? null, currentData);
  const drawn = rows.filter(({ weight, chosen }) => isHeld(weight) || isHeld(chosen ?? 0));
  const height = drawn.length * ROW_HEIGHT + 34;
  return (
    <Section
      title="Weights"
      note={point ? "Risk is that of the chosen point" : "Shares of the risk add up to all of it"}
    >
      <Box
        sx={{
          display: "grid",
          gridTemplateColumns: { lg: "minmax(0, 2fr) minmax(0, 3fr)" },
          gap: 3,
          alignItems: "start",
        }}
      >
        <Box role="img" aria-label={weightWords(rows)} sx={{ height, minWidth: 0 }}>
          <Suspense fallback={<Loading label="Drawing the weights" height={height} />}>
            <WeightsPicture rows={drawn} />
          </Suspense>
        </Box>
        <Box sx={{ minWidth: 0 }}>
          {error && !isFetching && (
            <ErrorNote error={error} onRetry={refetch} title="The risk contributions cannot be computed" />
          )}
          <WeightsTable rows={rows} hasPoint={point !== null} />
        </Box>
      </Box>
    </Section>
  );
}

function WeightsTable({ rows, hasPoint }: { rows: readonly WeightRow[]; hasPoint: boolean }) {
  return (
    <Box sx={{ overflowX: "auto" }} tabIndex={0} role="group" aria-label="Weights by asset">
      <Table aria-label="Weights by asset" sx={{ "& td, & th": { whiteSpace: "nowrap" } }}>
        <TableHead>
          <TableRow>
            <TableCell>Asset</TableCell>
            <TableCell align="right">Weight</TableCell>
            {hasPoint && <TableCell align="right">Chosen point</TableCell>}
            <TableCell align="right">Expected return</TableCell>
            <TableCell align="right">Share of volatility</TableCell>
            <TableCell align="right">Share of CVaR 95 %</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {rows.map((row) => (
            <TableRow key={row.symbol}>
              <TableCell component="th" scope="row">
                {row.symbol}
              </TableCell>
              <TableCell align="right">{percent(row.weight)}</TableCell>
              {hasPoint && <TableCell align="right">{percent(row.chosen)}</TableCell>}
              <TableCell align="right">{percent(row.expected)}</TableCell>
              <TableCell align="right">{percent(row.volatility)}</TableCell>
              <TableCell align="right">{percent(row.tail)}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}
