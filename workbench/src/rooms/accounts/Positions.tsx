import type { ColDef, GridApi, ICellRendererParams } from "ag-grid-community";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router-dom";
import { type Position, useGetPositionsQuery } from "../../api/generated/api";
import { basisPoints, count, date, face, metric, money, percent, price } from "../../kit/format";
import { idColumn, numberColumn, textColumn } from "../../kit/grid/columns";
import { GridBar } from "../../kit/grid/GridBar";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { IdLink, PAGE_OF } from "../../kit/links";
import { Section } from "../../kit/Section";
import { Empty, ErrorNote } from "../../kit/states";

const MAX_FREE_ROWS = 15;

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
  const { data, error, refetch } = useGetPositionsQuery({ accountId });
  const [filter, setFilter] = useState("");
  const [grid, setGrid] = useState<GridApi<Position> | null>(null);
  const nav = data?.nav ?? null;
  const shown = useMemo(() => columns(nav), [nav]);
  const rows = data?.positions;
  return (
    <Section title="Positions" note={data && `${data.as_of} of ${date(data.reference_date)}`}>
      {error ? (
        <ErrorNote error={error} onRetry={refetch} title="The positions could not be read" />
      ) : rows?.length === 0 ? (
        <Empty title="No positions">The account holds no bond on this basis.</Empty>
      ) : (
        <>
          <GridBar filter={filter} onFilter={setFilter} grid={grid} />
          <LazyGrid<Position>
            label="Positions"
            rows={rows}
            columns={shown}
            rowId={(position) => position.cusip}
            onOpen={(position) => navigate(PAGE_OF.security(position.cusip))}
            height={rows && rows.length <= MAX_FREE_ROWS ? undefined : 460}
            quickFilter={filter}
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
