import { MenuItem, TextField } from "@mui/material";
import type { ColDef, GridApi, ICellRendererParams } from "ag-grid-community";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router-dom";
import { type GetPositionsApiArg, type Position, useGetPositionsQuery } from "../../api/generated/api";
import { basisPoints, count, date, face, metric, money, percent, price } from "../../kit/format";
import { idColumn, numberColumn, textColumn } from "../../kit/grid/columns";
import { GridBar } from "../../kit/grid/GridBar";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { IdLink, PAGE_OF } from "../../kit/links";
import { Section } from "../../kit/Section";
import { ErrorNote } from "../../kit/states";

const MAX_FREE_ROWS = 15;
type Basis = NonNullable<GetPositionsApiArg["asOf"]>;
const BASES: readonly [Basis, string][] = [
  ["SOD+Trades", "After today's trades"],
  ["SOD", "Start of day"],
  ["EOD", "End of day"],
];

function columns(nav: number | null): ColDef<Position>[] {
  return [
    textColumn("Bond", (position) => position.description ?? position.cusip, {
      width: 260,
      pinned: "left",
      cellRenderer: ({ data }: ICellRendererParams<Position>) =>
        data ? <IdLink of="security" id={data.cusip} label={data.description ?? data.cusip} /> : null,
    }),
    idColumn("CUSIP", "security", (position) => position.cusip, { width: 106 }),
    numberColumn("Face", (position) => position.quantity, face, { width: 116 }),
    numberColumn("Settled face", (position) => position.settled_quantity, face, { width: 116 }),
    numberColumn("Clean price", (position) => position.price, price, { width: 104 }),
    numberColumn("Market value", (position) => position.market_value, money, { width: 122, sort: "desc" }),
    numberColumn("Of NAV", (position) => share(position.market_value, nav), percent, { width: 92 }),
    numberColumn("Duration", (position) => position.duration, metric, { width: 98 }),
    numberColumn("Spread dur.", (position) => position.spread_duration, metric, { width: 108 }),
    numberColumn("OAS", (position) => position.oas, basisPoints, { width: 84 }),
  ];
}

function share(value: number | null, nav: number | null): number | null {
  return value === null || !nav ? null : value / nav;
}

/** What an account holds, each bond with a link. */
export function Positions({ accountId }: { accountId: string }) {
  const navigate = useNavigate();
  const [basis, setBasis] = useState<Basis>("SOD+Trades");
  const { currentData: data, error, refetch } = useGetPositionsQuery({ accountId, asOf: basis });
  const [filter, setFilter] = useState("");
  const [grid, setGrid] = useState<GridApi<Position> | null>(null);
  const nav = data?.nav ?? null;
  const shown = useMemo(() => columns(nav), [nav]);
  const rows = data?.positions;
  return (
    <Section title="Positions" note={data && `Of ${date(data.reference_date)}`}>
      {error ? (
        <ErrorNote error={error} onRetry={refetch} title="The positions could not be read" />
      ) : (
        <>
          <GridBar filter={filter} onFilter={setFilter} grid={grid}>
            <TextField
              select
              label="Basis"
              value={basis}
              onChange={(event) => setBasis(event.target.value as Basis)}
              sx={{ width: 180 }}
            >
              {BASES.map(([value, words]) => (
                <MenuItem key={value} value={value}>
                  {words}
                </MenuItem>
              ))}
            </TextField>
          </GridBar>
          <LazyGrid<Position>
            label="Positions"
            rows={rows}
            columns={shown}
            rowId={(position) => position.cusip}
            onOpen={(position) => navigate(PAGE_OF.security(position.cusip))}
            height={rows && rows.length <= MAX_FREE_ROWS ? undefined : 460}
            quickFilter={filter}
            emptyText="The account holds no bond on this basis"
            onReady={setGrid}
            totalsText={rows && totals(rows)}
          />
        </>
      )}
    </Section>
  );
}

function totals(rows: readonly Position[]): string {
  const values = rows.map((row) => row.market_value);
  const sum = values.reduce<number>((total, value) => total + (value ?? 0), 0);
  return values.includes(null)
    ? `${count(rows.length)} positions; the market value of some is not known`
    : `${count(rows.length)} positions, market value ${money(sum)}`;
}
