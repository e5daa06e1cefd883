import { Box } from "@mui/material";
import {
  CartesianGrid,
  ReferenceLine,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { ChartTip } from "../../kit/ChartTip";
import { metric, signed } from "../../kit/format";
import type { AccountRow } from "./accountRows";
import { axisTicks } from "./axis";

interface Point {
  x: number;
  y: number;
  account: AccountRow;
}

const ROW_HEIGHT = 44;
/** Dots beside each other are set apart a little, so that none hides another. */
const OFFSETS = [0, 0.2, -0.2];

function points(rows: readonly AccountRow[], groups: readonly string[]): Point[] {
  return groups.flatMap((group, y) =>
    rows
      .filter((row) => row.groups.includes(group) && row.active_spread_duration !== null)
      .sort((a, b) => (a.active_spread_duration ?? 0) - (b.active_spread_duration ?? 0))
      .map((account, place) => ({
        x: account.active_spread_duration ?? 0,
        y: y + (OFFSETS[place % OFFSETS.length] ?? 0),
        account,
      })),
  );
}

/** Every account as a dot by its distance from its benchmark, a row for each group. */
export default function StripPlot({
  rows,
  groups,
  mean,
  words,
  onOpen,
}: {
  rows: readonly AccountRow[];
  groups: readonly string[];
  mean: number | null;
  words: string;
  onOpen: (accountId: string) => void;
}) {
  const data = points(rows, groups);
  const ticks = axisTicks(data.map(({ x }) => x));
  return (
    <Box role="img" aria-label={words} sx={{ height: groups.length * ROW_HEIGHT + 52, fontSize: 11 }}>
      <ResponsiveContainer>
        <ScatterChart margin={{ top: 16, right: 16, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid stroke="var(--mui-palette-divider)" horizontal={false} />
          <XAxis
            type="number"
            dataKey="x"
            domain={[ticks[0] ?? 0, ticks.at(-1) ?? 0]}
            ticks={ticks}
            tickFormatter={(value: number) => value.toFixed(1)}
            stroke="var(--mui-palette-text-secondary)"
            fontSize={11}
          />
          <YAxis
            type="number"
            dataKey="y"
            reversed
            domain={[-0.5, groups.length - 0.5]}
            ticks={groups.map((_, place) => place)}
            tickFormatter={(place: number) => groups[place] ?? ""}
            stroke="var(--mui-palette-text-secondary)"
            width={90}
            fontSize={11}
            interval={0}
          />
          <ReferenceLine
            x={0}
            stroke="var(--mui-palette-text-primary)"
            label={{
              value: "Benchmark",
              position: "top",
              fontSize: 11,
              fill: "var(--mui-palette-text-secondary)",
            }}
          />
          {mean !== null && groups.length === 1 && (
            <ReferenceLine x={mean} stroke="var(--mui-palette-secondary-main)" strokeDasharray="4 3" />
          )}
          <Tooltip
            cursor={false}
            content={({ payload }) => <Words point={payload?.[0]?.payload as Point | undefined} />}
          />
          <Scatter
            data={data}
            fill="var(--mui-palette-primary-main)"
            fillOpacity={0.65}
            isAnimationActive={false}
            onClick={(dot) => onOpen((dot.payload as Point).account.account_id)}
          />
        </ScatterChart>
      </ResponsiveContainer>
    </Box>
  );
}

function Words({ point }: { point: Point | undefined }) {
  if (!point) return null;
  const { account } = point;
  return (
    <ChartTip>
      <b>{account.account_id}</b> {account.account_name}
      <br />
      {metric(account.spread_duration)} years, benchmark {metric(account.benchmark_spread_duration)}, active{" "}
      {signed(metric, account.active_spread_duration)}
    </ChartTip>
  );
}
