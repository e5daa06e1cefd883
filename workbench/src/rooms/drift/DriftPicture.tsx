import { Box, Typography } from "@mui/material";
import {
  Bar,
  CartesianGrid,
  Cell,
  ComposedChart,
  ResponsiveContainer,
  Scatter,
  XAxis,
  YAxis,
} from "recharts";
import type { SetDrift } from "../../api/generated/api";
import { className, driftSize } from "./driftWords";

const ROW_HEIGHT = 34;
const INK = "var(--mui-palette-text-primary)";
const FAINT = "var(--mui-palette-text-secondary)";

/** The share of each class as a bar, its target as a diamond, and its band as a box around that. */
export default function DriftPicture({ drift, of }: { drift: SetDrift; of: string }) {
  const { classes, dimension } = drift;
  const data = classes.map((each) => ({
    name: className(dimension, each.key),
    current: each.current_percent,
    target: each.target_percent,
    band: [Math.max(0, each.target_percent - each.band), each.target_percent + each.band],
    isOut: each.is_out,
  }));
  const out = classes.filter(({ is_out }) => is_out);
  const words =
    `Current against target of ${of} by class, ${classes.length} classes. ` +
    (out.length === 0
      ? "All are within their bands."
      : `Out of band: ${out
          .map(
            (each) =>
              `${className(dimension, each.key)} ${driftSize(dimension, each.difference_percent)} points`,
          )
          .join(", ")}.`);
  const widest = Math.max(...data.map(({ name }) => name.length));
  return (
    <Box>
      <Box role="img" aria-label={words} sx={{ height: classes.length * ROW_HEIGHT + 34 }}>
        <ResponsiveContainer>
          <ComposedChart
            layout="vertical"
            data={data}
            margin={{ top: 4, right: 24, bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid stroke="var(--mui-palette-divider)" horizontal={false} />
            <XAxis
              type="number"
              tickFormatter={(value: number) => `${value} %`}
              stroke={FAINT}
              fontSize={11}
            />
            <YAxis
              yAxisId="shares"
              type="category"
              dataKey="name"
              width={Math.min(160, 24 + widest * 7)}
              interval={0}
              stroke={FAINT}
              fontSize={11}
            />
            {/* A second axis lays bars over each other. */}
            <YAxis yAxisId="bands" type="category" dataKey="name" hide width={0} orientation="right" />
            <Bar yAxisId="shares" dataKey="current" barSize={10} isAnimationActive={false}>
              {data.map(({ name, isOut }) => (
                <Cell key={name} fill={`var(--mui-palette-${isOut ? "warning" : "primary"}-main)`} />
              ))}
            </Bar>
            <Bar
              yAxisId="bands"
              dataKey="band"
              barSize={22}
              fill={FAINT}
              fillOpacity={0.15}
              stroke={INK}
              strokeDasharray="3 2"
              isAnimationActive={false}
            />
            <Scatter yAxisId="shares" dataKey="target" shape="diamond" fill={INK} isAnimationActive={false} />
          </ComposedChart>
        </ResponsiveContainer>
      </Box>
      <Typography variant="caption" color="textSecondary" component="p">
        Bar: share of NAV now, in per cent; a bar that ends outside of its box is out of band. Diamond:
        target. Box: band around it.
      </Typography>
    </Box>
  );
}
