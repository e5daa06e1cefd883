import { Box, Typography } from "@mui/material";
import {
  Bar,
  CartesianGrid,
  ComposedChart,
  ReferenceLine,
  ResponsiveContainer,
  Scatter,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { ClassAttribution, TargetDimension } from "../../../api/generated/api";
import { ChartTip } from "../../../kit/ChartTip";
import { points, signed } from "../../../kit/format";
import { className } from "../driftWords";
import { barWords, CAUSES, type Cause, causesAtWork, moved, pointsOf } from "./attribution";

const ROW_HEIGHT = 34;
const INK = "var(--mui-palette-text-primary)";
const FAINT = "var(--mui-palette-text-secondary)";

const COLOURS: Record<Cause, string> = {
  market: "var(--mui-palette-primary-main)",
  trades: "var(--mui-palette-warning-main)",
  flows: "var(--mui-palette-success-main)",
  reclassified: "var(--mui-palette-secondary-main)",
  rest: FAINT,
  targets: "var(--mui-palette-error-main)",
};

interface Row {
  name: string;
  change: number;
  parts: Record<Cause, number>;
}

/** For each class the causes as a bar, what raised its drift to the right and what lowered it to the left. */
export default function AttributionPicture({
  dimension,
  classes,
}: {
  dimension: TargetDimension;
  classes: readonly ClassAttribution[];
}) {
  const causes = causesAtWork(classes);
  const rows = classes.map((found): Row => {
    const parts = Object.keys(CAUSES).map((cause) => [cause, pointsOf(found, cause as Cause)]);
    return { name: className(dimension, found.key), change: moved(found), parts: Object.fromEntries(parts) };
  });
  if (causes.length === 0) return null;
  return (
    <Box>
      <Legend causes={causes} />
      <Box
        role="img"
        aria-label={barWords(dimension, classes)}
        sx={{ height: rows.length * ROW_HEIGHT + 34 }}
      >
        <Bars rows={rows} causes={causes} />
      </Box>
    </Box>
  );
}

function Bars({ rows, causes }: { rows: Row[]; causes: readonly Cause[] }) {
  const widest = Math.max(...rows.map(({ name }) => name.length));
  return (
    <ResponsiveContainer>
      <ComposedChart
        layout="vertical"
        data={rows}
        stackOffset="sign"
        margin={{ top: 4, right: 24, bottom: 0, left: 0 }}
        accessibilityLayer={false}
      >
        <CartesianGrid stroke="var(--mui-palette-divider)" horizontal={false} />
        <XAxis type="number" stroke={FAINT} fontSize={11} />
        <YAxis
          type="category"
          dataKey="name"
          width={Math.min(160, 24 + widest * 7)}
          interval={0}
          stroke={FAINT}
          fontSize={11}
        />
        <ReferenceLine x={0} stroke={INK} />
        <Tooltip
          cursor={{ fill: "var(--mui-palette-action-hover)" }}
          isAnimationActive={false}
          content={<RowWords causes={causes} />}
        />
        {causes.map((cause) => (
          <Bar
            key={cause}
            dataKey={({ parts }: Row) => parts[cause]}
            stackId="parts"
            barSize={14}
            fill={COLOURS[cause]}
            stroke="var(--mui-palette-background-paper)"
            isAnimationActive={false}
          />
        ))}
        <Scatter dataKey="change" shape="diamond" fill={INK} isAnimationActive={false} />
      </ComposedChart>
    </ResponsiveContainer>
  );
}

function Legend({ causes }: { causes: readonly Cause[] }) {
  return (
    <Typography variant="caption" color="textSecondary" component="p">
      {causes.map((cause) => (
        <Box key={cause} component="span" sx={{ whiteSpace: "nowrap", mr: 1.5 }}>
          <Box
            component="span"
            sx={{ display: "inline-block", width: 10, height: 10, mr: 0.5, bgcolor: COLOURS[cause] }}
          />
          {CAUSES[cause].name}
        </Box>
      ))}
      <span>◆ Change in all. Parts stand in this order, away from zero.</span>
    </Typography>
  );
}

function RowWords({
  causes,
  active,
  payload,
}: {
  causes: readonly Cause[];
  active?: boolean;
  payload?: { payload?: Row }[];
}) {
  const row = payload?.[0]?.payload;
  if (!active || !row) return null;
  return (
    <ChartTip>
      <b>{row.name}</b> {signed(points, row.change)} points
      {causes.map((cause) => (
        <div key={cause}>
          {CAUSES[cause].name} {signed(points, row.parts[cause])}
        </div>
      ))}
    </ChartTip>
  );
}
