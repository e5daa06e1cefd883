import { Box, Table, TableBody, TableCell, TableHead, TableRow, Typography } from "@mui/material";
import {
  useGetSecurityAnalyticsQuery,
  useGetSecurityHoldersQuery,
  useGetSecurityQuery,
} from "../../api/generated/api";
import { Facts } from "../../kit/Facts";
import { basisPoints, date, face, metric, money, percent, price, UNKNOWN } from "../../kit/format";
import { IdLink } from "../../kit/links";
import { ErrorNote, Loading } from "../../kit/states";

const plain = (value: number | null, unit = "") => (value === null ? UNKNOWN : `${value}${unit}`);

/** The terms of a bond. */
export function Terms({ securityId }: { securityId: string }) {
  const { currentData: bond, error, refetch } = useGetSecurityQuery({ securityId });
  if (error && !bond) return <ErrorNote error={error} onRetry={refetch} title="The terms cannot be shown" />;
  if (!bond) return <Loading label="Loading the terms" height={200} />;
  return (
    <Facts
      label="Terms"
      facts={[
        ["CUSIP", <IdLink key="cusip" of="security" id={bond.cusip} />],
        ["ISIN", bond.isin ?? UNKNOWN],
        ["Issuer", bond.issuer ?? UNKNOWN],
        ["Ticker", bond.ticker ?? UNKNOWN],
        ["Coupon", plain(bond.coupon, " %")],
        ["Maturity", date(bond.maturity)],
        ["Rating", bond.rating ?? UNKNOWN],
        ["Sector", bond.sector ?? UNKNOWN],
        ["Country", bond.country ?? UNKNOWN],
        ["Currency", bond.currency],
        ["Smallest piece", face(bond.min_denomination)],
        ["Increment", face(bond.increment)],
        ["Settles", `T+${bond.settle_days}`],
        ["Day count", bond.day_count ?? UNKNOWN],
        ["Coupons a year", plain(bond.coupon_frequency)],
        ["Issued", face(bond.amount_issued)],
        ["Factor", String(bond.factor)],
      ]}
    />
  );
}

/** The risk numbers of a bond. */
export function Analytics({ securityId }: { securityId: string }) {
  const { currentData: risk, error, refetch } = useGetSecurityAnalyticsQuery({ securityId });
  if (error && !risk)
    return <ErrorNote error={error} onRetry={refetch} title="The risk numbers cannot be shown" />;
  if (!risk) return <Loading label="Loading the risk numbers" height={110} />;
  return (
    <Facts
      label="Risk numbers"
      facts={[
        ["Clean price", price(risk.price)],
        ["Accrued", price(risk.accrued)],
        ["Yield", risk.yield_to_maturity === null ? UNKNOWN : `${risk.yield_to_maturity.toFixed(3)} %`],
        ["OAS", `${basisPoints(risk.oas)} bp`],
        ["Duration", metric(risk.duration)],
        ["Spread duration", metric(risk.spread_duration)],
        ["Convexity", metric(risk.convexity)],
        ["DTS", metric(risk.dts)],
        ["DV01", metric(risk.dv01)],
        ["As of", date(risk.risk_date)],
      ]}
    />
  );
}

/** Who holds a bond, the largest first; `most` of them. */
export function Holders({ securityId, most }: { securityId: string; most?: number }) {
  const { currentData: data, error, refetch } = useGetSecurityHoldersQuery({ securityId });
  if (error && !data)
    return <ErrorNote error={error} onRetry={refetch} title="The holders cannot be shown" />;
  if (!data) return <Loading label="Loading the holders" height={140} />;
  if (data.holders.length === 0)
    return <Typography color="textSecondary">No account that you see holds it.</Typography>;
  const shown = data.holders.slice(0, most);
  return (
    <Box sx={{ overflowX: "auto" }}>
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
