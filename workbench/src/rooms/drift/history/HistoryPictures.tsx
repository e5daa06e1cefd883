import { Box, Typography } from "@mui/material";
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
import { dateTime, metric, points } from "../../../kit/format";
import { driftSize, unit } from "../driftWords";
import { KINDS, type Mark, type Series, seriesWords, ticksOf } from "./series";

const HEIGHT = 190;
const INK = "var(--mui-palette-text-primary)";
const FAINT = "var(--mui-palette-text-secondary)";
const PRIMARY = "var(--mui-palette-primary-main)";
const WARNING = "var(--mui-palette-warning-main)";
const PAPER = "var(--mui-palette-background-paper)";
/** With more checks than this, marks of scheduled ones within their band would hide the line. */
const MAX_MARKED = 80;

/** A chart for each class: its share over dates, its target, and the band around that. */
export default function HistoryPictures({
  of,
  dimension,
  series,
}: {
  of: string;
  dimension: TargetDimension;
  series: readonly Series[];
}) {
  return (
    <Box component="figure" aria-label={`Drift of ${of} over dates`} sx={{ m: 0 }}>
      <Typography variant="caption" color="textSecondary" component="figcaption">
        Line:{" "}
        {dimension === "METRIC" ? "years, where so stated less the benchmark" : "share of NAV, in per cent"}.
        Dashed: target. Grey: band around it. ● scheduled check, ◇ check on request; larger and orange: out of
        band.
      </Typography>
      <Box
        sx={{
          display: "grid",
          gridTemplateColumns: "repeat(auto-fill, minmax(min(100%, 340px), 1fr))",
          gap: 2,
          mt: 1,
        }}
      >
        {series.map((each) => (
          <Box key={each.name} sx={{ minWidth: 0 }}>
            <Typography variant="body2" sx={{ fontWeight: 650 }} aria-hidden>
              {each.name}
            </Typography>
            <Box role="img" aria-label={seriesWords(dimension, each)} sx={{ height: HEIGHT }}>
              <Picture dimension={dimension} marks={each.marks} />
            </Box>
          </Box>
        ))}
      </Box>
    </Box>
  );
}

function Picture({ dimension, marks }: { dimension: TargetDimension; marks: readonly Mark[] }) {
  const days = marks.map(({ at }) => at);
  return (
    <ResponsiveContainer>
      <ComposedChart
        data={[...marks]}
        margin={{ top: 8, right: 16, bottom: 0, left: 0 }}
        accessibilityLayer={false}
      >
        <CartesianGrid stroke="var(--mui-palette-divider)" vertical={false} />
        <XAxis
          type="number"
          dataKey="at"
          domain={["dataMin", "dataMax"]}
          ticks={ticksOf(days)}
          tickFormatter={(day: number) => new Date(day).toISOString().slice(0, 10)}
          padding={{ left: 8, right: 24 }}
          stroke={FAINT}
          fontSize={11}
        />
        <YAxis
          width={52}
          domain={["auto", "auto"]}
          tickFormatter={(value: number) => String(Number(value.toFixed(3)))}
          stroke={FAINT}
          fontSize={11}
        />
        <Tooltip
          cursor={{ stroke: FAINT }}
          isAnimationActive={false}
          content={<MarkWords dimension={dimension} />}
        />
        <Area
          dataKey="band"
          type="stepAfter"
          stroke="none"
          fill={FAINT}
          fillOpacity={0.18}
          isAnimationActive={false}
          activeDot={false}
        />
        <Line
          dataKey="target"
          type="stepAfter"
          stroke={INK}
          strokeDasharray="4 3"
          dot={false}
          activeDot={false}
          isAnimationActive={false}
        />
        <Line
          dataKey="level"
          type="linear"
          stroke={PRIMARY}
          strokeWidth={2}
          dot={(props: DotProps) => (
            <Dot key={`${props.payload.at} ${props.payload.takenAt}`} {...props} of={marks.length} />
          )}
          activeDot={false}
          isAnimationActive={false}
        />
      </ComposedChart>
    </ResponsiveContainer>
  );
}

interface DotProps {
  cx?: number;
  cy?: number;
  payload: Mark;
}

function Dot({ cx, cy, payload: { kind, isOut, level }, of }: DotProps & { of: number }) {
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
    <Box
      sx={{
        bgcolor: "background.paper",
        border: 1,
        borderColor: "divider",
        borderRadius: 1,
        p: 1,
        fontSize: 12,
      }}
    >
      <b>{mark.day}</b> {KINDS[mark.kind].toLowerCase()}, measured {dateTime(mark.takenAt)}
      <br />
      {format(mark.level)} against {format(mark.target)}, from {format(mark.band[0])} to{" "}
      {format(mark.band[1])}
      <br />
      Drift {driftSize(dimension, mark.difference)} {unit(dimension)}
      {mark.isOut && ": out of band"}
    </Box>
  );
}
