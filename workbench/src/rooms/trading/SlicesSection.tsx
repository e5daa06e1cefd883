import { Box, Typography } from "@mui/material";
import { useMemo } from "react";
import { type Order, type OrderSlice, useGetAllocationQuery } from "../../api/generated/api";
import { count, face, signed } from "../../kit/format";
import { idColumn, numberColumn, textColumn } from "../../kit/grid/columns";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { usePermission } from "../../session/usePermission";
import { type SliceTotals, sliceTotals } from "./slices";

type Row = OrderSlice & { account_name: string };

const MOST_ROWS = 14;
const difference = (value: number | null | undefined) => signed(face, value);

const COLUMNS = [
  idColumn<Row>("Account", "account", (row) => row.account_id, { width: 130, pinned: "left" }),
  textColumn<Row>("Name", (row) => row.account_name, { width: 220, flex: 1, minWidth: 140 }),
  numberColumn<Row>("Previewed", (row) => row.previewed_quantity, face),
  numberColumn<Row>("Ordered", (row) => row.quantity, face, { enableCellChangeFlash: true }),
  numberColumn<Row>("Filled", (row) => row.filled_quantity, face, { enableCellChangeFlash: true }),
  numberColumn<Row>("Booked", (row) => row.booked_quantity, face, {
    enableCellChangeFlash: true,
    headerTooltip: "What Aladdin has booked for the account",
  }),
  numberColumn<Row>("Difference", (row) => row.difference_quantity, difference, {
    headerTooltip: "Filled less booked",
    cellClassRules: { "slice-different": ({ value }) => Boolean(value) },
  }),
];

function inWords(totals: SliceTotals, accounts: number): string {
  return `${accounts === 1 ? "1 account" : `${count(accounts)} accounts`}: ordered ${face(totals.quantity)}, filled ${face(totals.filled_quantity)}, booked ${face(totals.booked_quantity)}.`;
}

/** The order by account: what was previewed, ordered, filled and booked. */
export function SlicesSection({ order }: { order: Order }) {
  const mayRead = usePermission("allocations:read");
  const { data: allocation } = useGetAllocationQuery(
    { allocationId: order.allocation_id },
    { skip: !mayRead },
  );
  const rows = useMemo<Row[]>(() => {
    const names = new Map(allocation?.allocations.map((row) => [row.account_id, row.account_name]));
    return order.slices.map((slice) => ({ ...slice, account_name: names.get(slice.account_id) ?? "" }));
  }, [order.slices, allocation]);
  const totals = useMemo(() => sliceTotals(order.slices), [order.slices]);
  return (
    <Box
      component="section"
      aria-label="By account"
      sx={{ "& .slice-different": { color: "error.main", fontWeight: 700 } }}
    >
      <Typography variant="h2" sx={{ mb: 0.5 }}>
        By account
      </Typography>
      <LazyGrid<Row>
        label="The order by account"
        rows={rows}
        columns={COLUMNS}
        rowId={(row) => row.account_id}
        totals={{ ...totals, account_name: "Total" }}
        totalsText={inWords(totals, rows.length)}
        height={(Math.min(rows.length, MOST_ROWS) + 1) * 28 + 36}
        emptyText="No account has a part in this order"
      />
    </Box>
  );
}
