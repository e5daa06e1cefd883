import {
  Box,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
  Typography,
} from "@mui/material";
import type { ProposedOrder } from "../../api/generated/api";
import { count, face, money } from "../../kit/format";
import { IdLink } from "../../kit/links";
import { Section } from "../../kit/Section";
import { SideMark } from "../../kit/Side";

/** An order of more accounts is folded. */
const OPEN_ACCOUNTS = 8;

/** The block orders, each with the part of every account. */
export function OrdersPart({ orders }: { orders: readonly ProposedOrder[] }) {
  const bought = total(orders, "BUY");
  const sold = total(orders, "SELL");
  return (
    <Section
      title="Block orders"
      note={orders.length > 0 && `Sales ${money(sold)}, purchases ${money(bought)}, at about today's prices`}
    >
      {orders.length === 0 ? (
        <Typography>No trade is proposed.</Typography>
      ) : (
        <TableContainer tabIndex={0} role="region" aria-label="Block orders in numbers">
          <Table aria-label="Block orders" sx={{ maxWidth: 900 }}>
            <TableHead>
              <TableRow>
                <TableCell>Side</TableCell>
                <TableCell>Bond</TableCell>
                <TableCell align="right">Face</TableCell>
                <TableCell align="right">Settles at about</TableCell>
                <TableCell>Accounts</TableCell>
              </TableRow>
            </TableHead>
            <TableBody sx={{ "& td": { verticalAlign: "top" } }}>
              {orders.map((order) => (
                <TableRow key={`${order.security_id} ${order.side}`}>
                  <TableCell>
                    <SideMark side={order.side} />
                  </TableCell>
                  <TableCell>
                    <IdLink of="security" id={order.security_id} />
                  </TableCell>
                  <TableCell align="right" sx={{ fontWeight: 600 }}>
                    {face(order.quantity)}
                  </TableCell>
                  <TableCell align="right">{money(order.money)}</TableCell>
                  <TableCell>
                    <Slices order={order} />
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </TableContainer>
      )}
    </Section>
  );
}

function total(orders: readonly ProposedOrder[], side: ProposedOrder["side"]): number {
  return orders.filter((order) => order.side === side).reduce((sum, order) => sum + order.money, 0);
}

function Slices({ order: { accounts } }: { order: ProposedOrder }) {
  return (
    <details open={accounts.length <= OPEN_ACCOUNTS}>
      <summary>{accounts.length === 1 ? "1 account" : `${count(accounts.length)} accounts`}</summary>
      <Box component="ul" sx={{ m: 0, pl: 2 }}>
        {accounts.map(({ account_id, quantity, money: settles }) => (
          <li key={account_id}>
            <IdLink of="account" id={account_id} />: {face(quantity)} face, {money(settles)}
          </li>
        ))}
      </Box>
    </details>
  );
}
