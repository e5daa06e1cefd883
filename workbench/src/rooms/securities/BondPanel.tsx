import { Box, Table, TableBody, TableCell, TableHead, TableRow, Typography } from "@mui/material";
import type { ReactNode } from "react";
import {
  type SecurityAnalytics,
  type SecurityDetail,
  useGetSecurityAnalyticsQuery,
  useGetSecurityHoldersQuery,
  useGetSecurityQuery,
} from "../../api/generated/api";
import { Facts } from "../../kit/Facts";
import { basisPoints, date, face, metric, money, percent, price, UNKNOWN } from "../../kit/format";
import { IdLink } from "../../kit/links";
import { ErrorNote, Loading } from "../../kit/states";

const plain = (value: number | null, unit = "") => (value === null ? UNKNOWN : `${value}${unit}`);

type FactsOf<Data> = readonly (readonly [string, (data: Data) => ReactNode])[];

/** Facts of what is read; until it is, their names alone, so that nothing moves. */
function factsOf<Data>(facts: FactsOf<Data>, data: Data | undefined) {
  return facts.map(([name, value]) => [name, data === undefined ? "…" : value(data)] as const);
}

const TERMS: FactsOf<SecurityDetail> = [
  ["CUSIP", (bond) => <IdLink of="security" id={bond.cusip} />],
  ["ISIN", (bond) => bond.isin ?? UNKNOWN],
  ["Issuer", (bond) => bond.issuer ?? UNKNOWN],
  ["Ticker", (bond) => bond.ticker ?? UNKNOWN],
  ["Coupon", (bond) => plain(bond.coupon, " %")],
  ["Maturity", (bond) => date(bond.maturity)],
  ["Rating", (bond) => bond.rating ?? UNKNOWN],
  ["Sector", (bond) => bond.sector ?? UNKNOWN],
  ["Country", (bond) => bond.country ?? UNKNOWN],
  ["Currency", (bond) => bond.currency],
  ["Smallest piece", (bond) => face(bond.min_denomination)],
  ["Increment", (bond) => face(bond.increment)],
  ["Settles", (bond) => `T+${bond.settle_days}`],
  ["Day count", (bond) => bond.day_count ?? UNKNOWN],
  ["Coupons a year", (bond) => plain(bond.coupon_frequency)],
  ["Issued", (bond) => face(bond.amount_issued)],
  ["Factor", (bond) => String(bond.factor)],
];

const RISK_NUMBERS: FactsOf<SecurityAnalytics> = [
  ["Clean price", (risk) => price(risk.price)],
  ["Accrued", (risk) => price(risk.accrued)],
  ["Yield", (risk) => (risk.yield_to_maturity === null ? UNKNOWN : `${risk.yield_to_maturity.toFixed(3)} %`)],
  ["OAS", (risk) => `${basisPoints(risk.oas)} bp`],
  ["Duration", (risk) => metric(risk.duration)],
  ["Spread duration", (risk) => metric(risk.spread_duration)],
  ["Convexity", (risk) => metric(risk.convexity)],
  ["DTS", (risk) => metric(risk.dts)],
  ["DV01", (risk) => metric(risk.dv01)],
  ["As of", (risk) => date(risk.risk_date)],
];

/** The terms of a bond. */
export function Terms({ securityId }: { securityId: string }) {
  const { currentData: bond, error, refetch } = useGetSecurityQuery({ securityId });
  if (error && !bond) return <ErrorNote error={error} onRetry={refetch} title="The terms cannot be shown" />;
  return <Facts label="Terms" facts={factsOf(TERMS, bond)} />;
}

/** The risk numbers of a bond. */
export function Analytics({ securityId }: { securityId: string }) {
  const { currentData: risk, error, refetch } = useGetSecurityAnalyticsQuery({ securityId });
  if (error && !risk)
    return <ErrorNote error={error} onRetry={refetch} title="The risk numbers cannot be shown" />;
  return <Facts label="Risk numbers" facts={factsOf(RISK_NUMBERS, risk)} />;
}

const HOLDER_HEIGHT = 27;
/** Of the head of the table and the sentence below it. */
const HOLDERS_AROUND = 66;

/** Who holds a bond, the largest first; `most` of them, for which their place is held. */
export function Holders({ securityId, most }: { securityId: string; most?: number }) {
  const { currentData: data, error, refetch } = useGetSecurityHoldersQuery({ securityId });
  if (error && !data)
    return <ErrorNote error={error} onRetry={refetch} title="The holders cannot be shown" />;
  const height = most && HOLDERS_AROUND + most * HOLDER_HEIGHT;
  if (!data) return <Loading label="Loading the holders" height={height ?? 140} />;
  if (data.holders.length === 0)
    return (
      <Typography color="textSecondary" sx={{ minHeight: height }}>
        No account that you see holds it.
      </Typography>
    );
  const shown = data.holders.slice(0, most);
  return (
    <Box sx={{ overflowX: "auto", minHeight: height }}>
      <Table aria-label="Holders" sx={{ "& th": { whiteSpace: "nowrap" } }}>
        <TableHead>
          <TableRow>
            <TableCell>Account</TableCell>
            <TableCell align="right">Face</TableCell>
            <TableCell align="right">Market value</TableCell>
            <TableCell align="right">Of NAV</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {shown.map((holder) => (
            <TableRow key={holder.account_id}>
              <TableCell sx={{ maxWidth: 0, width: "100%" }}>
                <Typography noWrap variant="body2" title={holder.account_name}>
                  <IdLink of="account" id={holder.account_id} />{" "}
                  <Box component="span" sx={{ color: "text.secondary" }}>
                    {holder.account_name}
                  </Box>
                </Typography>
              </TableCell>
              <TableCell align="right">{face(holder.quantity)}</TableCell>
              <TableCell align="right">{money(holder.market_value)}</TableCell>
              <TableCell align="right">{percent(holder.percent_of_nav)}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5 }}>
        {data.holders.length === 1 ? "1 account holds" : `${data.holders.length} accounts hold`}{" "}
        {face(data.total_quantity)} face, today's trades and live orders included
        {shown.length < data.holders.length ? `; the ${shown.length} largest are shown` : ""}.
      </Typography>
    </Box>
  );
}
