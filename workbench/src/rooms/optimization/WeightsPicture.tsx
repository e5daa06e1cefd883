import { Bar, BarChart, CartesianGrid, ResponsiveContainer, XAxis, YAxis } from "recharts";
import type { WeightRow } from "./weightRows";

const FAINT = "var(--mui-palette-text-secondary)";
const AXIS = { stroke: FAINT, fontSize: 11 };
const STILL = { isAnimationActive: false } as const;

const asPercent = (part: number) => `${Number((part * 100).toFixed(1))} %`;

/** Weights as bars; those of the chosen point of the frontier lie below them, in grey. */
export default function WeightsPicture({ rows }: { rows: readonly WeightRow[] }) {
  const widest = Math.max(0, ...rows.map(({ symbol }) => symbol.length));
  return (
    <ResponsiveContainer>
      <BarChart
        layout="vertical"
        data={[...rows]}
        margin={{ top: 4, right: 24, bottom: 0, left: 0 }}
        barGap={1}
        accessibilityLayer={false}
      >
        <CartesianGrid stroke="var(--mui-palette-divider)" horizontal={false} />
        <XAxis {...AXIS} type="number" tickFormatter={asPercent} />
        <YAxis
          {...AXIS}
          type="category"
          dataKey="symbol"
          width={Math.min(170, 24 + widest * 7)}
          interval={0}
        />
        <Bar {...STILL} dataKey="weight" barSize={10} fill="var(--mui-palette-primary-main)" />
        {rows.some(({ chosen }) => chosen !== undefined) && (
          <Bar {...STILL} dataKey="chosen" barSize={8} fill={FAINT} />
        )}
      </BarChart>
    </ResponsiveContainer>
  );
}
