import type { ColDef } from "ag-grid-community";
import { useMemo } from "react";
import { useNavigate } from "react-router-dom";
import type { BookDrift, TargetDimension } from "../../api/generated/api";
import { metric, points } from "../../kit/format";
import { idColumn, numberColumn, textColumn } from "../../kit/grid/columns";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { PAGE_OF } from "../../kit/links";
import { Section } from "../../kit/Section";
import { useUrlFilters } from "../../kit/useUrlFilters";
import { DimensionSelect } from "./DimensionSelect";
import { driftSize, heldWords, unit } from "./driftWords";
import { dimensionsOf, type HeatRow, heatColour, heatOf } from "./heat";

const FILTERS = ["dimension"] as const;
/** A grid of more rows scrolls in itself. */
const MAX_FREE_ROWS = 15;

/** The accounts of a group by class: drift in points, coloured by how much of its band it is. */
export function HeatMap({ accounts }: { accounts: readonly BookDrift[] }) {
  const navigate = useNavigate();
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const dimensions = useMemo(() => dimensionsOf(accounts), [accounts]);
  const dimension = dimensions.find((each) => each === filters.dimension) ?? dimensions[0];
  const { rows, columns } = useMemo(() => {
    if (!dimension) return { rows: [], columns: [] };
    const heat = heatOf(accounts, dimension);
    return { rows: heat.rows, columns: columnsOf(heat.classes, dimension) };
  }, [accounts, dimension]);
  if (!dimension) return null;
  return (
    <Section
      title="Accounts by class"
      note={`Drift in ${unit(dimension)}; * is out of band. Orange is too much, blue too little, stronger with more of the band.`}
    >
      <DimensionSelect
        dimensions={dimensions}
        value={dimension}
        below={1}
        onChange={(chosen) => setFilters({ dimension: chosen })}
      />
      <LazyGrid<HeatRow>
        label="Drift of the accounts by class"
        rows={rows}
        columns={columns}
        rowId={({ account }) => account.account_id ?? ""}
        onOpen={({ account }) => navigate(PAGE_OF.accountDrift(account.account_id ?? ""))}
        height={rows.length > MAX_FREE_ROWS ? 480 : undefined}
      />
    </Section>
  );
}

function columnsOf(classes: readonly string[], dimension: TargetDimension): ColDef<HeatRow>[] {
  const format = dimension === "METRIC" ? metric : points;
  return [
    idColumn("Account", "accountDrift", ({ account }) => account.account_id, { width: 110, pinned: "left" }),
    textColumn("Name", ({ account }) => account.account_name, { width: 190 }),
    numberColumn("Worst, in bands", ({ drift }) => drift?.worst?.ratio, points, { width: 140 }),
    ...classes.map((name) => classColumn(name, dimension)),
    numberColumn("Total drift", ({ drift }) => drift?.total_drift, format, { width: 110 }),
    textColumn("Targets of", ({ drift }) => (drift ? heldWords(drift) : "No targets"), { width: 210 }),
    textColumn(
      "Warnings",
      ({ account, drift }) =>
        [...account.warnings, ...(drift?.warnings ?? [])].map(({ message }) => message).join(" "),
      { flex: 1, minWidth: 200 },
    ),
  ];
}

function classColumn(name: string, dimension: TargetDimension): ColDef<HeatRow> {
  return numberColumn<HeatRow>(name, ({ cells }) => cells.get(name)?.drift, String, {
    colId: `class ${name}`,
    width: Math.max(96, 40 + name.length * 8),
    valueFormatter: ({ data }) => {
      const cell = data?.cells.get(name);
      return cell ? `${driftSize(dimension, cell.drift)}${cell.isOut ? " *" : ""}` : "–";
    },
    cellStyle: ({ data }) => {
      const cell = data?.cells.get(name);
      return {
        backgroundColor: cell ? heatColour(cell.heat) : "transparent",
        fontWeight: cell?.isOut ? "700" : "400",
      };
    },
  });
}
