import {
  Box,
  Button,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
  Typography,
} from "@mui/material";
import { Fragment, useEffect, useState } from "react";
import { type Fill, type FillKind, type Order, useGetOrderFillsQuery } from "../../api/generated/api";
import { cents, count, dateTime, face, price, signed } from "../../kit/format";
import { IdLink } from "../../kit/links";
import { ErrorNote, Loading } from "../../kit/states";
import { isWorking } from "./orderWords";
import { BLOTTER_POLL_MILLISECONDS } from "./useBlotter";

const KINDS: Record<FillKind, string> = { CALCULATED: "Shared here", BOOKED: "Booked by Aladdin" };
/** So many fills at a time, newest first. */
const FILLS = 50;

/** Fills as they come, newest first, each with the accounts' parts. */
export function FillsSection({ order }: { order: Order }) {
  const [isBehind, setIsBehind] = useState(false);
  const { data, error, refetch } = useGetOrderFillsQuery(
    { orderId: order.order_id },
    {
      pollingInterval: isWorking(order) || isBehind ? BLOTTER_POLL_MILLISECONDS : 0,
      skipPollingIfUnfocused: true,
    },
  );
  useEffect(() => {
    // The last fill of an order that is over is recorded after the order itself says so.
    setIsBehind(data !== undefined && data.filled_quantity !== order.filled_quantity);
  }, [data, order.filled_quantity]);
  const [most, setMost] = useState(FILLS);
  const fills = data?.fills.toReversed() ?? [];
  return (
    <Box component="section" aria-label="Fills">
      <Typography variant="h2" sx={{ mb: 0.5 }}>
        Fills
      </Typography>
      {data ? (
        <Typography role="status" color="textSecondary">
          {fills.length === 0
            ? isWorking(order)
              ? "Nothing is filled yet. Fills appear here as they come."
              : "Nothing was filled."
            : `${count(fills.length)} ${fills.length === 1 ? "fill" : "fills"}, ${face(data.filled_quantity)} of ${face(data.quantity)} filled, average price ${price(data.average_price)}`}
        </Typography>
      ) : error ? (
        <ErrorNote error={error} onRetry={refetch} title="Fills cannot be read" />
      ) : (
        <Loading label="Loading fills" height={120} />
      )}
      {fills.length > 0 && <FillsTable fills={fills.slice(0, most)} />}
      {fills.length > most && (
        <Button onClick={() => setMost(most + FILLS)}>Show {count(FILLS)} earlier fills</Button>
      )}
    </Box>
  );
}

function accountsInWords({ allocations }: Fill): string {
  return allocations.length === 1 ? "1 account" : `${count(allocations.length)} accounts`;
}

function FillsTable({ fills }: { fills: readonly Fill[] }) {
  const [open, setOpen] = useState<number | null>(null);
  return (
    <TableContainer>
      <Table aria-label="Fills, newest first" sx={{ maxWidth: 1100 }}>
        <TableHead>
          <TableRow>
            <TableCell align="right">No.</TableCell>
            <TableCell>Seen</TableCell>
            <TableCell align="right">Face</TableCell>
            <TableCell align="right">Filled after</TableCell>
            <TableCell align="right">Average price</TableCell>
            <TableCell>Split</TableCell>
            <TableCell>Accounts</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {fills.map((fill) => {
            const isOpen = open === fill.sequence;
            return (
              <Fragment key={fill.sequence}>
                <TableRow>
                  <TableCell align="right">{fill.sequence}</TableCell>
                  <TableCell>{dateTime(fill.at)}</TableCell>
                  <TableCell align="right">{signed(face, fill.quantity)}</TableCell>
                  <TableCell align="right">{face(fill.filled_quantity)}</TableCell>
                  <TableCell align="right">{price(fill.average_price)}</TableCell>
                  <TableCell>{KINDS[fill.kind]}</TableCell>
                  <TableCell>
                    <Button
                      aria-expanded={isOpen}
                      onClick={() => setOpen(isOpen ? null : fill.sequence)}
                      sx={{ py: 0, minWidth: 0 }}
                    >
                      {isOpen ? "Hide" : accountsInWords(fill)}
                    </Button>
                  </TableCell>
                </TableRow>
                {isOpen && (
                  <TableRow>
                    <TableCell colSpan={7} sx={{ bgcolor: "action.hover" }}>
                      <Parts fill={fill} />
                    </TableCell>
                  </TableRow>
                )}
              </Fragment>
            );
          })}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function Parts({ fill }: { fill: Fill }) {
  return (
    <Box sx={{ maxHeight: 320, overflow: "auto" }}>
      <Table aria-label={`Accounts of fill ${fill.sequence}`} sx={{ width: "auto" }}>
        <TableHead>
          <TableRow>
            <TableCell>Account</TableCell>
            <TableCell align="right">Of this fill</TableCell>
            <TableCell align="right">Filled after</TableCell>
            <TableCell align="right">Principal after</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {fill.allocations.map((part) => (
            <TableRow key={part.account_id}>
              <TableCell>
                <IdLink of="account" id={part.account_id} />
              </TableCell>
              <TableCell align="right">{signed(face, part.quantity)}</TableCell>
              <TableCell align="right">{face(part.filled_quantity)}</TableCell>
              <TableCell align="right">{cents(part.principal)}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}
