import { Box, Typography } from "@mui/material";
import { useMemo } from "react";
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { Comparison } from "../../../api/generated/api";
import { face } from "../../../kit/format";
import { barsOf, barsText, type Bar as FaceBar, scaleOf, shownAccounts } from "./rows";

const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
const INK = { fontSize: 11, fill: "var(--mui-palette-text-secondary)" };

/** A small chart of face by account for each variant, all of one scale. */
export default function Multiples({ comparison }: { comparison: Comparison }) {
  const { variants, allocations } = comparison;
  const rows = useMemo(() => shownAccounts(allocations), [allocations]);
  const scale = scaleOf(rows, variants.length);
  return (
    <Box>
      {rows.length < allocations.length && (
        <Typography color="textSecondary">
          The {rows.length} accounts with the most face, of {allocations.length}.
        </Typography>
      )}
      <Box sx={{ display: "grid", gap: 2, gridTemplateColumns: "repeat(auto-fill, minmax(300px, 1fr))" }}>
        {variants.map((variant, at) =>
          variant.problem ? null : (
            <Multiple
              key={variant.name}
              name={variant.name}
              text={barsText(comparison, at)}
              bars={barsOf(rows, at)}
              scale={scale}
            />
          ),
        )}
      </Box>
    </Box>
  );
}

function Multiple({
  name,
  text,
  bars,
  scale,
}: {
  name: string;
  text: string;
  bars: FaceBar[];
  scale: number;
}) {
  return (
    <Box component="figure" aria-label={`${name}: ${text}`} sx={{ m: 0 }}>
      <Typography component="figcaption" variant="h3">
        {name}
      </Typography>
      <Box aria-hidden sx={{ height: 130 }}>
        <ResponsiveContainer>
          <BarChart accessibilityLayer={false} data={bars} margin={{ top: 10, right: 4, bottom: 0, left: 0 }}>
            <CartesianGrid vertical={false} stroke="var(--mui-palette-divider)" />
            <XAxis dataKey="account" hide />
            <YAxis
              domain={[0, scale]}
              width={44}
              tick={INK}
              ticks={[0, scale / 2, scale]}
              axisLine={false}
              tickLine={false}
              tickFormatter={(value: number) => compact.format(value)}
            />
            <Tooltip
              cursor={{ fill: "var(--mui-palette-action-hover)" }}
              formatter={(value) => [face(Number(value)), "Face"]}
              contentStyle={{
                background: "var(--mui-palette-background-paper)",
                borderColor: "var(--mui-palette-divider)",
              }}
            />
            <Bar dataKey="face" fill="var(--mui-palette-primary-main)" isAnimationActive={false} />
          </BarChart>
        </ResponsiveContainer>
      </Box>
      <Typography variant="caption" color="textSecondary">
        {text}
      </Typography>
    </Box>
  );
}
