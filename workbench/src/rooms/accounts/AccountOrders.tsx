import { Table, TableBody, TableCell, TableContainer, TableHead, TableRow, Typography } from "@mui/material";
import { useListOrdersQuery } from "../../api/generated/api";
import { face } from "../../kit/format";
import { IdLink } from "../../kit/links";
import { Section } from "../../kit/Section";
import { SideMark } from "../../kit/Side";
import { ErrorNote, Loading } from "../../kit/states";
import { statusWords } from "../trading/orderWords";

const MAX_ORDERS = 50;
const POLL_MILLISECONDS = 5_000;

/** Orders at work that have a slice for the account, with that slice. */
export function AccountOrders({ accountId }: { accountId: string }) {
  const { data, error, refetch } = useListOrdersQuery(
    { accountId, open: true, recorded: true, limit: MAX_ORDERS },
    { pollingInterval: POLL_MILLISECONDS, skipPollingIfUnfocused: true },
  );
  return (
    <Section title="Working orders" note={data?.next_cursor && `The newest ${MAX_ORDERS}`}>
      {error && !data ? (
        <ErrorNote error={error} onRetry={refetch} title="The orders could not be read" />
      ) : !data ? (
        <Loading label="Reading the orders" height={120} />
      ) : data.orders.length === 0 ? (
        <Typography color="textSecondary">No order at work has a slice for this account.</Typography>
      ) : (
        <TableContainer
          sx={{ maxHeight: 300 }}
          tabIndex={0}
          role="region"
          aria-label={`Working orders of ${accountId}`}
        >
          <Table stickyHeader sx={{ "& td": { whiteSpace: "nowrap" } }}>
            <TableHead>
              <TableRow>
                <TableCell>Order</TableCell>
                <TableCell>Bond</TableCell>
                <TableCell>Side</TableCell>
                <TableCell align="right">Slice</TableCell>
                <TableCell align="right">Filled of it</TableCell>
                <TableCell align="right">Of a block of</TableCell>
                <TableCell>Status</TableCell>
              </TableRow>
            </TableHead>
            <TableBody>
              {data.orders.map((order) => {
                const slice = order.slices.find((each) => each.account_id === accountId);
                return (
                  <TableRow key={order.order_id}>
                    <TableCell>
                      <IdLink of="order" id={order.order_id} />
                    </TableCell>
                    <TableCell>
                      <IdLink
                        of="security"
                        id={order.security_id}
                        label={order.security_description ?? order.security_id}
                      />
                    </TableCell>
                    <TableCell>
                      <SideMark side={order.side} />
                    </TableCell>
                    <TableCell align="right">{face(slice?.quantity)}</TableCell>
                    <TableCell align="right">{face(slice?.filled_quantity)}</TableCell>
                    <TableCell align="right">{face(order.quantity)}</TableCell>
                    <TableCell>{statusWords(order.status)}</TableCell>
                  </TableRow>
                );
              })}
            </TableBody>
          </Table>
        </TableContainer>
      )}
    </Section>
  );
}
