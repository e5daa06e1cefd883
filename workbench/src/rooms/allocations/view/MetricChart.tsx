import { Box, Typography } from "@mui/material";
import { memo, useMemo, useState } from "react";
import {
  ErrorBar,
  ReferenceLine,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { Allocation } from "../../../api/generated/api";
import { metric } from "../../../kit/format";
import { ChartLegend } from "./ChartLegend";
import {
  AXIS_HEIGHT,
  commonBenchmark,
  extentOf,
  type Point,
  pointsOf,
  ROW_HEIGHT,
  roundTicks,
  rowsIn,
} from "./chart";
import { METRIC_NAME, METRIC_UNIT } from "./metrics";
import { rowsOf } from "./rows";

const NAME_WIDTH = 96;

/**
 * Every account's metric before (ring) and after (diamond), by the value before, with the mean after the trade and the
 * benchmark where there is one line for all. Only the rows in sight are drawn: a thousand accounts scroll as eleven do.
 */
export default memo(MetricChart);

function MetricChart({
  allocation,
  height,
}: {
  allocation: Allocation;
  /** Height of the plot with its axis. */
  height: number;
}) {
  const { target_metric: target, target_value: mean } = allocation.summary.dispersion_metrics;
  const points = useMemo(() => pointsOf(rowsOf(allocation)), [allocation]);
  const extent = useMemo(() => extentOf(points, [mean]), [points, mean]);
  const [first, setFirst] = useState(0);
  const fits = rowsIn(height);
  const inSight = Math.min(fits, points.length);
  const shown = points.slice(first, first + inSight);
  const plotHeight = inSight * ROW_HEIGHT + AXIS_HEIGHT;
  const name = METRIC_NAME[target];
  const benchmark = commonBenchmark(points);
  if (points.length === 0)
    return <Typography color="textSecondary">No account has a value of {name}.</Typography>;
  return (
    <Box component="figure" sx={{ m: 0, mt: 0.5 }}>
      <ChartLegend allocation={allocation} points={points} fits={fits} first={first} />
      <Box
        role="img"
        aria-label={`${name} of ${points.length} accounts before and after the trade, from ${metric(extent[0])} to ${metric(extent[1])} ${METRIC_UNIT[target]}. The table below has every number.`}
        tabIndex={points.length > fits ? 0 : undefined}
        onScroll={(event) => setFirst(Math.round(event.currentTarget.scrollTop / ROW_HEIGHT))}
        sx={{ height: plotHeight, overflowY: points.length > fits ? "auto" : "hidden", overflowX: "hidden" }}
      >
        <Box sx={{ height: plotHeight + (points.length - inSight) * ROW_HEIGHT }}>
          <Box sx={{ position: "sticky", top: 0, height: plotHeight }}>
            <Plot shown={shown} extent={extent} mean={mean} benchmark={benchmark} />
          </Box>
        </Box>
      </Box>
    </Box>
  );
}

const INK = "var(--mui-palette-text-secondary)";
const AFTER = "var(--mui-palette-primary-main)";

function Plot({
  shown,
  extent,
  mean,
  benchmark,
}: {
  shown: Point[];
  extent: [number, number];
  mean: number;
  benchmark: number | null;
}) {
  const ticks = roundTicks(extent);
  const decimals = Math.max(2, ...ticks.map((value) => String(value).split(".")[1]?.length ?? 0));
  const tick = { fill: INK, fontSize: 11 };
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ScatterChart accessibilityLayer={false} margin={{ top: 4, right: 16, bottom: 0, left: 0 }}>
        <XAxis
          type="number"
          dataKey="value"
          domain={extent}
          ticks={ticks}
          tick={tick}
          stroke={INK}
          tickFormatter={(value: number) => value.toFixed(decimals)}
          height={AXIS_HEIGHT - 4}
        />
        <YAxis
          type="category"
          dataKey="id"
          width={NAME_WIDTH}
          tick={tick}
          stroke={INK}
          tickLine={false}
          interval={0}
          allowDuplicatedCategory={false}
          reversed
        />
        {benchmark !== null && (
          <ReferenceLine x={benchmark} stroke="var(--mui-palette-text-primary)" strokeWidth={1} />
        )}
        <ReferenceLine x={mean} stroke={AFTER} strokeDasharray="2 3" strokeWidth={1.5} />
        <Tooltip cursor={false} isAnimationActive={false} content={<Values />} />
        {benchmark === null && (
          <Scatter
            data={shown.flatMap((point) =>
              point.benchmark === null ? [] : [{ ...point, value: point.benchmark }],
            )}
            isAnimationActive={false}
            shape={({ cx = 0, cy = 0 }: { cx?: number; cy?: number }) => (
              <path
                d={`M${cx} ${cy - 7}V${cy + 7}`}
                stroke="var(--mui-palette-text-primary)"
                strokeWidth={1.5}
              />
            )}
          />
        )}
        <Scatter
          data={shown.map((point) => ({ ...point, value: point.before }))}
          isAnimationActive={false}
          shape={({ cx, cy }: { cx?: number; cy?: number }) => (
            <circle cx={cx} cy={cy} r={4} fill="none" stroke={INK} strokeWidth={1.5} />
          )}
        >
          <ErrorBar
            dataKey="reach"
            direction="x"
            width={0}
            stroke={INK}
            strokeWidth={1.5}
            isAnimationActive={false}
          />
        </Scatter>
        <Scatter
          data={shown.map((point) => ({ ...point, value: point.after }))}
          isAnimationActive={false}
          shape={({ cx = 0, cy = 0 }: { cx?: number; cy?: number }) => (
            <path d={`M${cx} ${cy - 5}L${cx + 5} ${cy}L${cx} ${cy + 5}L${cx - 5} ${cy}Z`} fill={AFTER} />
          )}
        />
      </ScatterChart>
    </ResponsiveContainer>
  );
}

function Values({ active, payload }: { active?: boolean; payload?: { payload?: Point }[] }) {
  const point = payload?.[0]?.payload;
  if (!active || !point) return null;
  return (
    <Box sx={{ bgcolor: "background.paper", border: 1, borderColor: "divider", p: 1, fontSize: 12 }}>
      {point.name} ({point.id}): {metric(point.before)} before, {metric(point.after)} after, benchmark{" "}
      {metric(point.benchmark)}
    </Box>
  );
}
