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

const ROW_HEIGHT = 34;
const INK = "var(--mui-palette-text-primary)";
const FAINT = "var(--mui-palette-text-secondary)";

export interface PicturedClass {
  name: string;
  current: number;
  target: number;
  /** Its edges. */
  band: [number, number];
  isOut: boolean;
  /** Before trades that are proposed. */
  before?: number;
}

/** The share of each class as a bar, its target as a diamond, and its band as a box around that. */
export default function DriftPicture({
  classes: data,
  words,
  note,
}: {
  classes: readonly PicturedClass[];
  /** What is to be seen, for who does not see it. */
  words: string;
  /** What the bars are. */
  note: string;
}) {
  const isCompared = data.some(({ before }) => before !== undefined);
  const widest = Math.max(...data.map(({ name }) => name.length));
  return (
    <Box>
      <Box role="img" aria-label={words} sx={{ height: data.length * ROW_HEIGHT + 34 }}>
        <ResponsiveContainer>
          <ComposedChart
            layout="vertical"
            data={[...data]}
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
            {isCompared && (
              <Bar yAxisId="shares" dataKey="before" barSize={5} fill={FAINT} isAnimationActive={false} />
            )}
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
        {note} A bar that ends outside of its box is out of band. Diamond: target. Box: band around it.
      </Typography>
    </Box>
  );
}
