import { Button } from "@mui/material";
import type { ColDef } from "ag-grid-community";
import { Link } from "react-router-dom";
import { type MarketAsset, useListMarketAssetsQuery } from "../../api/generated/api";
import { count, dateTime } from "../../kit/format";
import { linkCell } from "../../kit/grid/cells";
import { textColumn } from "../../kit/grid/columns";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { Empty, ErrorNote } from "../../kit/states";
import { useUrlFilters } from "../../kit/useUrlFilters";
import { usePermission } from "../../session/usePermission";
import { assetPath } from "./history";
import { PricesPart } from "./PricesPart";

const FILTERS = ["asset"] as const;
const GRID_HEIGHT = 300;

const COLUMNS: ColDef<MarketAsset>[] = [
  textColumn<MarketAsset>("Asset", ({ symbol }) => symbol, {
    width: 190,
    pinned: "left",
    cellRenderer: linkCell<MarketAsset>({
      route: ({ symbol }) => assetPath(symbol),
      text: ({ symbol }) => symbol,
      title: ({ symbol }) => `Prices of ${symbol}`,
    }),
  }),
  textColumn<MarketAsset>("First day", ({ first_date }) => first_date, { width: 120 }),
  textColumn<MarketAsset>("Last day", ({ last_date }) => last_date, { width: 120 }),
  textColumn<MarketAsset>("Last arrival", ({ last_updated }) => last_updated, {
    width: 180,
    valueFormatter: ({ value }) => dateTime(value as string),
  }),
];

/** The assets that have prices, and the prices of one of them. */
export default function AssetsTab() {
  const { currentData, error, refetch } = useListMarketAssetsQuery();
  const [, change] = useUrlFilters(FILTERS);
  const rows = currentData?.assets;
  return (
    <>
      <LazyGrid<MarketAsset>
        label="Assets with prices"
        layout="market-assets"
        instead={
          !rows && error !== undefined ? (
            <ErrorNote error={error} onRetry={refetch} title="The assets cannot be read" />
          ) : (
            rows?.length === 0 && <NoPrices />
          )
        }
        rows={rows}
        columns={COLUMNS}
        rowId={({ symbol }) => symbol}
        onOpen={({ symbol }) => change({ asset: symbol })}
        height={GRID_HEIGHT}
        totalsText={rows && `${count(rows.length)} ${rows.length === 1 ? "asset" : "assets"}`}
      />
      {rows && <PricesPart assets={rows} />}
    </>
  );
}

function NoPrices() {
  const may = usePermission("market-history:write");
  return (
    <Empty
      title="There are no prices yet"
      action={
        may && (
          <Button component={Link} to="/market-data?tab=import" variant="contained">
            Import prices
          </Button>
        )
      }
    >
      Portfolios are optimised, and risk is measured, by daily prices that are imported.
    </Empty>
  );
}
