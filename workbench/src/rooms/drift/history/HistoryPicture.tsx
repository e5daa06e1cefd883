import type { Key } from "react";
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ResponsiveContainer,
  Symbols,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { TargetDimension } from "../../../api/generated/api";
import { ChartTip } from "../../../kit/ChartTip";
import { dateTime, metric, points } from "../../../kit/format";
import { driftSize, unit } from "../driftWords";
import { KINDS, type Mark, ticksOf } from "./series";

const INK = "var(--mui-palette-text-primary)";
const FAINT = "var(--mui-palette-text-secondary)";
const PRIMARY = "var(--mui-palette-primary-main)";
const WARNING = "var(--mui-palette-warning-main)";
const PAPER = "var(--mui-palette-background-paper)";
const AXIS = { stroke: FAINT, fontSize: 11 };
const STILL = { isAnimationActive: false, activeDot: false };
/** With more checks than this, marks of scheduled ones within their band would hide the line. */
const MAX_MARKED = 80;

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
const short = (value: number) => String(Number(value.toFixed(3)));

/** One class over dates: its line, its target and its band. */
export default function HistoryPicture({
  dimension,
  marks,
}: {
  dimension: TargetDimension;
  marks: readonly Mark[];
}) {
  return (
    <ResponsiveContainer>
      <ComposedChart
        data={[...marks]}
        margin={{ top: 8, right: 16, bottom: 0, left: 0 }}
        accessibilityLayer={false}
      >
        <CartesianGrid stroke="var(--mui-palette-divider)" vertical={false} />
        <XAxis
          {...AXIS}
          type="number"
          dataKey="at"
          domain={["dataMin", "dataMax"]}
          ticks={ticksOf(marks.map(({ at }) => at))}
          tickFormatter={dayOf}
          padding={{ left: 8, right: 24 }}
        />
        <YAxis {...AXIS} width={52} domain={["auto", "auto"]} tickFormatter={short} />
        <Tooltip
          cursor={{ stroke: FAINT }}
          isAnimationActive={false}
          content={<MarkWords dimension={dimension} />}
        />
        <Area {...STILL} dataKey="band" type="stepAfter" stroke="none" fill={FAINT} fillOpacity={0.18} />
        <Line {...STILL} dataKey="target" type="stepAfter" stroke={INK} strokeDasharray="4 3" dot={false} />
        <Line
          {...STILL}
          dataKey="level"
          type="linear"
          stroke={PRIMARY}
          strokeWidth={2}
          dot={({ key, ...props }: DotProps) => <Dot key={key} {...props} of={marks.length} />}
        />
      </ComposedChart>
    </ResponsiveContainer>
  );
}

interface DotProps {
  key?: Key | null;
  cx?: number;
  cy?: number;
  payload: Mark;
}

function Dot({ cx, cy, payload: { kind, isOut, level }, of }: Omit<DotProps, "key"> & { of: number }) {
  const isRequested = kind === "REQUESTED";
  if (level === null || cx === undefined || cy === undefined) return null;
  if (of > MAX_MARKED && !isRequested && !isOut) return null;
  const colour = isOut ? WARNING : PRIMARY;
  return (
    <Symbols
      cx={cx}
      cy={cy}
      type={isRequested ? "diamond" : "circle"}
      size={(isOut ? 46 : 22) * (isRequested ? 1.6 : 1)}
      fill={isRequested ? PAPER : colour}
      stroke={colour}
      strokeWidth={isRequested ? 2 : 1}
    />
  );
}

function MarkWords({
  dimension,
  active,
  payload,
}: {
  dimension: TargetDimension;
  active?: boolean;
  payload?: { payload?: Mark }[];
}) {
  const mark = payload?.[0]?.payload;
  if (!active || !mark) return null;
  const format = dimension === "METRIC" ? metric : points;
  return (
    <ChartTip>
      <b>{mark.day}</b> {KINDS[mark.kind].toLowerCase()}, measured {dateTime(mark.takenAt)}
      <br />
      {format(mark.level)} against {format(mark.target)}, from {format(mark.band[0])} to{" "}
      {format(mark.band[1])}
      <br />
      Drift {driftSize(dimension, mark.difference)} {unit(dimension)}
      {mark.isOut && ": out of band"}
    </ChartTip>
  );
}
