import { Box } from "@mui/material";
import type { ColDef, ICellRendererParams } from "ag-grid-community";
import type { AccountLedger } from "../../api/generated/api";
import { count, money, percent, signed } from "../../kit/format";
import { idColumn, numberColumn, textColumn } from "../../kit/grid/columns";
import { ZeroBar } from "../../kit/ZeroBar";
import { ledgerName, leftOutWords, pieces } from "./ledgerWords";

const piecesOf = (value: number | null | undefined) => (typeof value === "number" ? pieces(value) : "–");

/** Columns of accounts in their ledgers; bars are in minimum pieces, full at `scale`. */
export function ledgerColumns(scale: number, bound: number | undefined): ColDef<AccountLedger>[] {
  return [
    idColumn("Account", "account", (each) => each.account_id, { width: 104, pinned: "left" }),
    textColumn("Name", (each) => each.account_name, { width: 200 }),
    textColumn("Ledger", (each) => ledgerName(each.scope, each.side), { width: 140 }),
    numberColumn("Entitled", (each) => each.entitled_quantity, money, { width: 116 }),
    numberColumn("Received", (each) => each.received_quantity, money, { width: 116 }),
    numberColumn("Received / entitled", (each) => each.ratio, percent, { width: 140 }),
    numberColumn(
      "Owed at the end",
      (each) => each.balance_end,
      (value) => signed(money, value),
      { width: 136 },
    ),
    numberColumn("Pieces over and short", rangeSize, piecesOf, {
      width: 220,
      cellRenderer: ({ data }: ICellRendererParams<AccountLedger>) =>
        data && <Range of={data} scale={scale} bound={bound} />,
    }),
    numberColumn("Most owed", (each) => each.greatest_shortfall, money, { width: 110 }),
    idColumn("After order", "order", (each) => each.greatest_shortfall_order_id, {
      colId: "shortfall",
      width: 110,
    }),
    numberColumn("Most too much", (each) => each.greatest_excess, money, { width: 120 }),
    idColumn("After order", "order", (each) => each.greatest_excess_order_id, {
      colId: "excess",
      width: 110,
    }),
    numberColumn("Owed at the start", (each) => each.balance_start, money, { width: 136 }),
    numberColumn("Carried", (each) => each.carried, money, { width: 96 }),
    numberColumn("Orders", (each) => each.orders_eligible, count, { width: 86 }),
    numberColumn("With nothing", (each) => each.orders_with_nothing, count, { width: 110 }),
    numberColumn("Left out", (each) => each.orders_not_eligible, count, { width: 92 }),
    textColumn("Left out because", (each) => leftOutWords(each.not_eligible), { width: 200 }),
    textColumn("Excluded by name", excluded, {
      width: 220,
      tooltipValueGetter: ({ data }) => data && excluded(data),
    }),
  ];
}

function rangeSize(each: AccountLedger): number {
  return Math.max(each.greatest_shortfall_pieces, each.greatest_excess_pieces);
}

function excluded({ excluded: orders }: AccountLedger): string {
  return orders
    .map(({ order_id, business_date, reason }) => `${order_id} (${business_date}): ${reason}`)
    .join("; ");
}

function Range({ of, scale, bound }: { of: AccountLedger; scale: number; bound: number | undefined }) {
  return (
    <Box sx={{ display: "flex", alignItems: "center", justifyContent: "flex-end", gap: 1, height: "100%" }}>
      <Box component="span" sx={{ minWidth: 52, textAlign: "right" }}>
        {pieces(of.greatest_excess_pieces)}
      </Box>
      <ZeroBar
        low={0 - of.greatest_excess_pieces}
        high={of.greatest_shortfall_pieces}
        scale={scale}
        bound={bound}
      />
      <Box component="span" sx={{ minWidth: 52, textAlign: "right" }}>
        {pieces(of.greatest_shortfall_pieces)}
      </Box>
    </Box>
  );
}
