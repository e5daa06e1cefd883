import { Box } from "@mui/material";
import type { ColDef, ICellRendererParams } from "ag-grid-community";
import type { Standing } from "../../api/generated/api";
import { metric, money, points } from "../../kit/format";
import { idColumn, numberColumn, textColumn } from "../../kit/grid/columns";
import { ZeroBar } from "../../kit/ZeroBar";
import { ageWords, className, DIMENSIONS, driftSize, SCOPES, unit, WARNINGS } from "./driftWords";

/** Columns of accounts against their targets; bars are in bands, full at the worst. */
export function standingColumns(rows: readonly Standing[]): ColDef<Standing>[] {
  const scale = Math.max(1.5, ...rows.map(({ worst }) => Math.min(worst?.ratio ?? 0, 10)));
  return [
    idColumn("Account", "accountDrift", (each) => each.account_id, { width: 110, pinned: "left" }),
    textColumn("Name", (each) => each.account_name, { flex: 1, minWidth: 170 }),
    textColumn("State", stateOf, { width: 130 }),
    textColumn("Worst class", (each) => each.worst && className(each.dimension, each.worst.key), {
      width: 130,
    }),
    numberColumn("Drift", (each) => each.worst?.difference, String, {
      width: 130,
      valueFormatter: ({ data }) => (data ? sizeOf(data, data.worst?.difference ?? null) : ""),
    }),
    numberColumn("In bands", (each) => each.worst?.ratio, points, {
      width: 160,
      cellRenderer: ({ data }: ICellRendererParams<Standing>) => data && <Bands of={data} scale={scale} />,
    }),
    numberColumn("Total drift", (each) => each.total_drift, String, {
      width: 130,
      valueFormatter: ({ data }) => (data ? total(data) : ""),
    }),
    textColumn("Targets by", (each) => DIMENSIONS[each.dimension], { width: 130 }),
    textColumn("Targets of", (each) => `${SCOPES[each.scope]} ${each.scope_id}`, { width: 150 }),
    numberColumn("Version", (each) => each.target_set_version, String, { width: 90 }),
    textColumn("Groups", (each) => each.portfolio_groups.join(", "), { width: 140 }),
    numberColumn("NAV", (each) => each.nav, money, { width: 130 }),
    textColumn("Positions of", (each) => ageWords(each), { width: 190 }),
    textColumn("Warnings", warnings, {
      width: 260,
      tooltipValueGetter: ({ data }) => data && warnings(data),
    }),
  ];
}

function warnings({ warnings: types }: Standing): string {
  return types.map((type) => WARNINGS[type]).join(" ");
}

function stateOf({ needs_rebalancing, worst }: Standing): string {
  if (worst === null) return "Not measured";
  return needs_rebalancing ? "Out of band" : "Within bands";
}

function sizeOf({ dimension }: Standing, value: number | null): string {
  return value === null ? "–" : `${driftSize(dimension, value)} ${unit(dimension)}`;
}

function total({ dimension, total_drift }: Standing): string {
  if (total_drift === null) return "–";
  return `${(dimension === "METRIC" ? metric : points)(total_drift)} ${unit(dimension)}`;
}

function Bands({ of: { worst }, scale }: { of: Standing; scale: number }) {
  if (!worst) return null;
  const ratio = worst.ratio === null ? scale : worst.ratio;
  const size = worst.side === "OVER" ? ratio : -ratio;
  return (
    <Box sx={{ display: "flex", alignItems: "center", justifyContent: "flex-end", gap: 1, height: "100%" }}>
      <span>{worst.ratio === null ? "no band" : points(worst.ratio)}</span>
      <ZeroBar low={Math.min(0, size)} high={Math.max(0, size)} scale={scale} bound={1} />
    </Box>
  );
}
