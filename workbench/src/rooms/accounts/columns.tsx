import { Box } from "@mui/material";
import type { ColDef, ICellRendererParams } from "ag-grid-community";
import { basisPoints, metric, money, signed, words } from "../../kit/format";
import { idColumn, numberColumn, textColumn } from "../../kit/grid/columns";
import { ZeroBar } from "../../kit/ZeroBar";
import type { AccountRow } from "./accountRows";
import { restrictionWords } from "./restrictions";

/** Columns of accounts; bars of active spread duration are full at `scale`. */
export function accountColumns(scale: number, withGroups: boolean): ColDef<AccountRow>[] {
  return [
    idColumn("Account", "account", (row) => row.account_id, { width: 104, pinned: "left" }),
    textColumn("Name", (row) => row.account_name, {
      width: 220,
      tooltipValueGetter: ({ data }) => data?.account_name,
    }),
    numberColumn("Active spread dur.", (row) => row.active_spread_duration, metric, {
      width: 172,
      cellRenderer: ({ value }: ICellRendererParams<AccountRow, number | null>) => (
        <Box
          sx={{ display: "flex", alignItems: "center", justifyContent: "flex-end", gap: 1, height: "100%" }}
        >
          {typeof value === "number" && (
            <ZeroBar low={Math.min(value, 0)} high={Math.max(value, 0)} scale={scale} />
          )}
          <span>{signed(metric, value)}</span>
        </Box>
      ),
    }),
    numberColumn("Spread dur.", (row) => row.spread_duration, metric, { width: 112 }),
    numberColumn("Benchmark", (row) => row.benchmark_spread_duration, metric, { width: 112 }),
    numberColumn("Duration", (row) => row.duration, metric, { width: 100 }),
    numberColumn("OAS", (row) => row.oas, basisPoints, { width: 84 }),
    numberColumn("NAV", (row) => row.nav, money, { width: 122 }),
    numberColumn("Cash", (row) => row.cash, money, { width: 112 }),
    numberColumn("Reserve", (row) => row.cash_reserve, money, { width: 100 }),
    numberColumn("Market value", (row) => row.market_value, money, { width: 124 }),
    textColumn("Strategy", (row) => words(row.strategy), { width: 120 }),
    ...(withGroups ? [textColumn<AccountRow>("Groups", (row) => row.groups.join(", "), { width: 120 })] : []),
    textColumn("Restrictions", (row) => restrictionWords(row.restrictions), {
      flex: 1,
      minWidth: 220,
      tooltipValueGetter: ({ data }) => (data ? restrictionWords(data.restrictions) : ""),
    }),
  ];
}
