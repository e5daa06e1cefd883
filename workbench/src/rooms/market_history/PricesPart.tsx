import {
  Box,
  MenuItem,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableRow,
  TextField,
  Typography,
} from "@mui/material";
import { lazy, Suspense, useMemo } from "react";
import { type MarketAsset, useGetMarketDataQuery } from "../../api/generated/api";
import { DateField } from "../../kit/DateField";
import { count } from "../../kit/format";
import { Section } from "../../kit/Section";
import { ErrorNote, Loading } from "../../kit/states";
import { useUrlFilters } from "../../kit/useUrlFilters";
import { gapsOf, gapWords, pricesOf, priceWords } from "./history";

const PricePicture = lazy(() => import("./PricePicture"));

const FILTERS = ["asset", "from", "to"] as const;
const HEIGHT = 280;
const MOST_GAPS = 10;

/** The prices of one asset as a line, and the times without a price. */
export function PricesPart({ assets }: { assets: readonly MarketAsset[] }) {
  const [filters, change] = useUrlFilters(FILTERS);
  const shown = assets.find(({ symbol }) => symbol === filters.asset) ?? assets[0];
  if (!shown) return null;
  return (
    <Section
      title={`Prices of ${shown.symbol}`}
      note="Closing prices, as they are stored: nothing is filled."
    >
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, pt: 0.5, mb: 1 }}>
        <TextField
          select
          label="Asset"
          value={shown.symbol}
          onChange={(event) => change({ asset: event.target.value })}
          sx={{ minWidth: 190 }}
        >
          {assets.map(({ symbol }) => (
            <MenuItem key={symbol} value={symbol}>
              {symbol}
            </MenuItem>
          ))}
        </TextField>
        <DateField
          label="First day"
          value={filters.from}
          onChange={(from) => change({ from })}
          sx={{ width: 132 }}
        />
        <DateField
          label="Last day"
          value={filters.to}
          onChange={(to) => change({ to })}
          sx={{ width: 132 }}
        />
      </Box>
      <Prices symbol={shown.symbol} from={filters.from} to={filters.to} />
    </Section>
  );
}

function Prices({ symbol, from, to }: { symbol: string; from: string; to: string }) {
  const { currentData, error, refetch } = useGetMarketDataQuery({
    assets: symbol,
    fields: "prices",
    startDate: from || undefined,
    endDate: to || undefined,
  });
  const series = currentData?.data[symbol];
  const prices = useMemo(() => (series ? pricesOf(series) : []), [series]);
  if (error) return <ErrorNote error={error} onRetry={refetch} title="The prices cannot be read" />;
  if (!currentData) return <Loading label="Reading the prices" height={HEIGHT} />;
  const words = priceWords(symbol, prices);
  return (
    <>
      {prices.length > 1 && (
        <Box role="img" aria-label={words} sx={{ height: HEIGHT }}>
          <Suspense fallback={<Loading label="Drawing the prices" height={HEIGHT} />}>
            <PricePicture prices={prices} />
          </Suspense>
        </Box>
      )}
      <Typography role="status" color="textSecondary">
        {words}
      </Typography>
      {prices.length > 1 && <Gaps gaps={gapsOf(prices)} />}
    </>
  );
}

function Gaps({ gaps }: { gaps: ReturnType<typeof gapsOf> }) {
  return (
    <Section title="Gaps" note={gapWords(gaps)}>
      {gaps.length > 0 && (
        <Table aria-label="Gaps, the longest first" sx={{ width: "auto" }}>
          <TableHead>
            <TableRow>
              <TableCell>Price before</TableCell>
              <TableCell>Next price</TableCell>
              <TableCell align="right">Calendar days</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {gaps.slice(0, MOST_GAPS).map(({ from, to, days }) => (
              <TableRow key={from}>
                <TableCell>{from}</TableCell>
                <TableCell>{to}</TableCell>
                <TableCell align="right">{count(days)}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
      {gaps.length > MOST_GAPS && (
        <Typography color="textSecondary">and {count(gaps.length - MOST_GAPS)} shorter ones</Typography>
      )}
    </Section>
  );
}
