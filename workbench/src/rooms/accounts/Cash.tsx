import { Table, TableBody, TableCell, TableHead, TableRow, Typography } from "@mui/material";
import { useGetCashQuery } from "../../api/generated/api";
import { cents } from "../../kit/format";
import { ErrorNote, Loading } from "../../kit/states";

/** An account's cash, a line for each currency. */
export function Cash({ accountId }: { accountId: string }) {
  const { data, error, refetch } = useGetCashQuery({ accountId });
  if (error) return <ErrorNote error={error} onRetry={refetch} title="The cash could not be read" />;
  if (!data) return <Loading label="Reading the cash" height={90} />;
  if (data.cash_positions.length === 0)
    return <Typography color="textSecondary">Aladdin shows no cash of this account.</Typography>;
  return (
    <Table aria-label="Cash by currency">
      <TableHead>
        <TableRow>
          <TableCell>Currency</TableCell>
          <TableCell align="right">Settled</TableCell>
          <TableCell align="right">After trades and orders</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {data.cash_positions.map(({ currency, settled_cash, available_cash }) => (
          <TableRow key={currency}>
            <TableCell component="th" scope="row">
              {currency}
            </TableCell>
            <TableCell align="right">{cents(settled_cash)}</TableCell>
            <TableCell align="right">{cents(available_cash)}</TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
