import type { ColDef, GridApi } from "ag-grid-community";
import { useMemo, useState } from "react";
import type { DriftLine, TargetDimension } from "../../../api/generated/api";
import { count, dateTime, metric, money, points } from "../../../kit/format";
import { numberColumn, textColumn } from "../../../kit/grid/columns";
import { GridBar } from "../../../kit/grid/GridBar";
import { LazyGrid } from "../../../kit/grid/LazyGrid";
import { Section } from "../../../kit/Section";
import { driftSize, unit } from "../driftWords";
import { KINDS, lineName } from "./series";

/** A grid of more rows scrolls in itself. */
const MAX_FREE_ROWS = 15;

function columnsOf(dimension: TargetDimension): ColDef<DriftLine>[] {
  const isMetric = dimension === "METRIC";
  const format = isMetric ? metric : points;
  const drift = `Drift, ${unit(dimension)}`;
  return [
    textColumn("Date", ({ business_date }) => business_date, { width: 110, pinned: "left" }),
    textColumn(isMetric ? "Metric" : "Class", lineName, { width: 170 }),
    numberColumn(isMetric ? "Then" : "Then, %", ({ current }) => current, format, { width: 100 }),
    ...(isMetric
      ? [numberColumn<DriftLine>("Benchmark", ({ benchmark }) => benchmark, format, { width: 110 })]
      : []),
    numberColumn(isMetric ? "Target" : "Target, %", ({ target }) => target, format, { width: 100 }),
    numberColumn(`Band, ${unit(dimension)}`, ({ band }) => band, format, { width: 120 }),
    numberColumn(drift, ({ difference }) => difference, String, {
      width: 120,
      valueFormatter: ({ value }) => driftSize(dimension, value as number | null),
    }),
    textColumn("State", stateWords, { width: 120 }),
    ...(isMetric ? [] : [numberColumn<DriftLine>("Value", ({ value }) => value, money, { width: 130 })]),
    numberColumn("NAV", ({ nav }) => nav, money, { width: 130 }),
    textColumn("Check", ({ kind }) => KINDS[kind], { width: 110 }),
    textColumn("Measured", ({ taken_at }) => taken_at, {
      width: 170,
      valueFormatter: ({ value }) => dateTime(value as string),
    }),
    numberColumn("Version of targets", ({ target_set_version }) => target_set_version, count, { width: 150 }),
  ];
}

function stateWords({ difference, is_out }: DriftLine): string {
  if (difference === null) return "Not known";
  return is_out ? (difference > 0 ? "▲ Too much" : "▼ Too little") : "Within";
}

/** Every line that the charts are drawn from. */
export function HistoryGrid({
  lines,
  dimension,
}: {
  lines: readonly DriftLine[];
  dimension: TargetDimension;
}) {
  const [filter, setFilter] = useState("");
  const [grid, setGrid] = useState<GridApi<DriftLine> | null>(null);
  const columns = useMemo(() => columnsOf(dimension), [dimension]);
  return (
    <Section title="In numbers" note="Newest first">
      <GridBar filter={filter} onFilter={setFilter} grid={grid} />
      <LazyGrid<DriftLine>
        label="History of drift in numbers"
        rows={lines}
        columns={columns}
        rowId={({ check_id, class_key, benchmark, target }) =>
          `${check_id} ${class_key} ${benchmark} ${target}`
        }
        height={lines.length > MAX_FREE_ROWS ? 480 : undefined}
        quickFilter={filter}
        onReady={setGrid}
        totalsText={`${count(lines.length)} lines`}
      />
    </Section>
  );
}
