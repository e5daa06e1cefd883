import { Checkbox, FormControlLabel, Stack } from "@mui/material";
import type { ColDef } from "ag-grid-community";
import { useMemo, useState } from "react";
import type { ComparedAccount, Comparison } from "../../../api/generated/api";
import { face, money, percent, signed } from "../../../kit/format";
import { idColumn, numberColumn, textColumn } from "../../../kit/grid/columns";
import { LazyGrid } from "../../../kit/grid/LazyGrid";
import { cellAt, differenceAt } from "./rows";

const ROW = 28;
const HEADER = 34;
const SCROLLBAR = 18;
const MOST_HEIGHT = 560;

interface Shown {
  share: boolean;
  difference: boolean;
}

function columnsOf({ variants }: Comparison, shown: Shown): ColDef<ComparedAccount>[] {
  const first = variants.findIndex(({ problem }) => problem === null);
  const columns = variants.flatMap(({ name, problem, summary }, at): ColDef<ComparedAccount>[] => {
    if (problem) return [];
    const total = summary?.total_allocated ?? 0;
    const faces = numberColumn<ComparedAccount>(name, (row) => cellAt(row, at)?.allocated_quantity, face, {
      width: 130,
      tooltipValueGetter: ({ data }) => (data ? cellAt(data, at)?.reason?.message : undefined),
    });
    const share = numberColumn<ComparedAccount>(
      `${name}, share`,
      (row) => (total > 0 ? (cellAt(row, at)?.allocated_quantity ?? 0) / total : null),
      percent,
      { width: 110 },
    );
    const difference = numberColumn<ComparedAccount>(
      `${name} less ${variants[first]?.name}`,
      (row) => differenceAt(row, at, first),
      (value) => signed(face, value),
      { width: 130 },
    );
    return [
      faces,
      ...(shown.share ? [share] : []),
      ...(shown.difference && at !== first ? [difference] : []),
    ];
  });
  return [
    idColumn<ComparedAccount>("Account", "account", ({ account_id }) => account_id, {
      width: 110,
      pinned: "left",
    }),
    textColumn<ComparedAccount>("Name", ({ account_name }) => account_name, { width: 200 }),
    ...columns.map((column) => ({ ...column, wrapHeaderText: true, autoHeaderHeight: true })),
    numberColumn<ComparedAccount>("NAV", ({ nav }) => nav, money, { width: 130 }),
  ];
}

/** The accounts side by side: face by each variant, and how it differs from the first. */
export function AccountsTable({ comparison }: { comparison: Comparison }) {
  const [shown, setShown] = useState<Shown>({ share: false, difference: true });
  const columns = useMemo(() => columnsOf(comparison, shown), [comparison, shown]);
  const rows = comparison.allocations;
  return (
    <>
      <Stack direction="row" spacing={1}>
        <FormControlLabel
          control={
            <Checkbox checked={shown.share} onChange={(_event, share) => setShown({ ...shown, share })} />
          }
          label="Share of what is allocated"
        />
        <FormControlLabel
          control={
            <Checkbox
              checked={shown.difference}
              onChange={(_event, difference) => setShown({ ...shown, difference })}
            />
          }
          label="Difference from the first"
        />
      </Stack>
      <LazyGrid<ComparedAccount>
        label="Accounts by variant"
        rows={rows}
        columns={columns}
        rowId={({ account_id }) => account_id}
        height={Math.min(MOST_HEIGHT, HEADER * 2 + ROW * rows.length + SCROLLBAR)}
        totalsText={totalsText(comparison)}
        emptyText="The groups have no accounts."
      />
    </>
  );
}

/** The totals of the columns, in words. */
function totalsText({ variants }: Comparison): string {
  return variants
    .flatMap(({ name, summary }) =>
      summary ? [`${name}: ${face(summary.total_allocated)} to ${summary.accounts_allocated} accounts`] : [],
    )
    .join("; ");
}
