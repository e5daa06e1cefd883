import { Button } from "@mui/material";
import type { ColDef, ICellRendererParams } from "ag-grid-community";
import { cents, face, metric, money, percent, signed } from "../../../kit/format";
import { idColumn, numberColumn, textColumn } from "../../../kit/grid/columns";
import { type AccountRow, points } from "./rows";

const why: ColDef<AccountRow> = { tooltipValueGetter: ({ data }) => data?.why };

/** The columns of a split. `metric` names the metric with its unit. */
export function columnsOf({
  metric: metricName,
  editable,
  edited,
  release,
}: {
  metric: string;
  editable: boolean;
  edited: boolean;
  release?: (accountId: string) => void;
}): ColDef<AccountRow>[] {
  const header = { wrapHeaderText: true } as const;
  return [
    {
      ...idColumn<AccountRow>("Account", "account", (row) => row.id, { pinned: "left", width: 104 }),
      cellRendererSelector: ({ node }) => (node.rowPinned ? { component: PlainText } : undefined),
    },
    textColumn<AccountRow>("Name", (row) => row.name, { flex: 1, minWidth: 150 }),
    numberColumn<AccountRow>("Quantity", (row) => row.quantity, face, {
      ...why,
      width: 112,
      editable: ({ node }) => editable && !node.rowPinned,
      cellEditor: "agTextCellEditor",
      valueParser: ({ newValue }) => newValue,
      cellStyle: ({ value }) =>
        value === 0
          ? { fontWeight: 400, color: "var(--mui-palette-text-secondary)" }
          : { fontWeight: 650, color: "inherit" },
    }),
    ...(edited ? [editColumn(release)] : []),
    textColumn<AccountRow>("Reason", (row) => row.reason, { ...why, width: 196 }),
    numberColumn<AccountRow>("Notional", (row) => row.notional, cents, { width: 118 }),
    numberColumn<AccountRow>("Share", (row) => row.share, percent, { width: 82 }),
    numberColumn<AccountRow>("Against pro-rata", (row) => row.againstNav, points, {
      width: 92,
      ...header,
      headerTooltip: "Share of what is allocated less share of NAV, in percentage points",
      tooltipValueGetter: ({ data }) =>
        data && data.navShare !== null ? `Share of NAV: ${percent(data.navShare)}` : undefined,
    }),
    numberColumn<AccountRow>("Metric before", (row) => row.metricBefore, metric, {
      width: 92,
      ...header,
      headerTooltip: metricName,
    }),
    numberColumn<AccountRow>("Metric after", (row) => row.metricAfter, metric, {
      width: 92,
      ...header,
      headerTooltip: metricName,
    }),
    numberColumn<AccountRow>("Cash before", (row) => row.cashBefore, money, { width: 112 }),
    numberColumn<AccountRow>("Cash after", (row) => row.cashAfter, money, { width: 112 }),
    numberColumn<AccountRow>("Owed before", (row) => row.owedBefore, money, {
      width: 104,
      ...header,
      headerTooltip: "Face owed by the fairness ledger, its part of this order included",
    }),
    numberColumn<AccountRow>("Owed after", (row) => row.owedAfter, money, {
      width: 104,
      ...header,
      headerTooltip: "Face owed after the order; negative where the account has had too much",
    }),
  ];
}

function PlainText({ value }: ICellRendererParams<AccountRow>) {
  return value;
}

/** What edits did to an account: fixed, to be released again, or moved by the last one. */
function editColumn(release?: (accountId: string) => void): ColDef<AccountRow> {
  return textColumn<AccountRow>(
    "Edit",
    (row) => (row.fixed ? "Fixed" : row.moved === 0 ? "" : signed(face, row.moved)),
    {
      width: 124,
      cellRenderer: ({ data, value, node }: ICellRendererParams<AccountRow>) =>
        data?.fixed && release && !node.rowPinned ? (
          <>
            Fixed{" "}
            <Button
              sx={{ py: 0, minWidth: 0, minHeight: 24 }}
              aria-label={`Release ${data.id}`}
              onClick={() => release(data.id)}
            >
              Release
            </Button>
          </>
        ) : (
          value
        ),
    },
  );
}
