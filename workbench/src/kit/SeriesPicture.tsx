import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { ChartTip } from "./ChartTip";
import { seriesColour, seriesDash } from "./seriesLook";
import type { Series } from "./seriesWords";

const FAINT = "var(--mui-palette-text-secondary)";
const AXIS = { stroke: FAINT, fontSize: 11 };
const STILL = { isAnimationActive: false, activeDot: false, dot: false } as const;
/** Lines that are told of the date that is pointed at. */
const MOST_TOLD = 12;

export interface SeriesPictureProps {
  dates: readonly string[];
  series: readonly Series[];
  kind: "line" | "area" | "stacked_area";
  format: (value: number) => string;
  /** Of the axis, where it is shorter. */
  tick?: (value: number) => string;
}

interface Row {
  at: number;
  values: (number | null)[];
}

/** Lines or areas over dates, which are as far apart as they were. */
export default function SeriesPicture({ dates, series, kind, format, tick = format }: SeriesPictureProps) {
  const rows = dates.map(
    (day, place): Row => ({
      at: Date.parse(day),
      values: series.map(({ values }) => values[place] ?? null),
    }),
  );
  return (
    <ResponsiveContainer>
      <ComposedChart
        data={rows}
        margin={{ top: 8, right: 16, bottom: 0, left: 0 }}
        accessibilityLayer={false}
      >
        <CartesianGrid stroke="var(--mui-palette-divider)" vertical={false} />
        <XAxis
          {...AXIS}
          type="number"
          dataKey="at"
          domain={["dataMin", "dataMax"]}
          tickFormatter={dayOf}
          minTickGap={24}
        />
        <YAxis
          {...AXIS}
          width={64}
          domain={kind === "line" ? ["auto", "auto"] : [0, "auto"]}
          tickFormatter={tick}
        />
        <Tooltip
          cursor={{ stroke: FAINT }}
          isAnimationActive={false}
          content={<RowWords series={series} format={format} />}
        />
        {series.map(({ name }, place) =>
          kind === "line" ? (
            <Line
              {...STILL}
              key={name}
              dataKey={({ values }: Row) => values[place]}
              type="linear"
              stroke={seriesColour(place)}
              strokeDasharray={seriesDash(place)}
              strokeWidth={1.5}
            />
          ) : (
            <Area
              {...STILL}
              key={name}
              dataKey={({ values }: Row) => values[place]}
              type={kind === "area" ? "linear" : "stepAfter"}
              stackId={kind === "area" ? undefined : "all"}
              stroke={seriesColour(place)}
              fill={seriesColour(place)}
              fillOpacity={kind === "area" ? 0.35 : 0.75}
            />
          ),
        )}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

function RowWords({
  series,
  format,
  active,
  payload,
}: {
  series: readonly Series[];
  format: (value: number) => string;
  active?: boolean;
  payload?: { payload?: Row }[];
}) {
  const row = payload?.[0]?.payload;
  if (!active || !row) return null;
  const told = series
    .map(({ name }, place) => ({ name, value: row.values[place] ?? null }))
    .filter(({ value }) => value !== null && (series.length <= MOST_TOLD || value !== 0));
  return (
    <ChartTip>
      <b>{dayOf(row.at)}</b>
      {told.slice(0, MOST_TOLD).map(({ name, value }) => (
        <div key={name}>
          {name} {format(value ?? 0)}
        </div>
      ))}
      {told.length > MOST_TOLD && <div>and {told.length - MOST_TOLD} more</div>}
    </ChartTip>
  );
}
