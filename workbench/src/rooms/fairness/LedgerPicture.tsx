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
import { ChartTip } from "../../kit/ChartTip";
import { count, money, signed } from "../../kit/format";
import type { Span } from "./ledgerWords";

const ROW_HEIGHT = 18;

const compact = new Intl.NumberFormat("en-US", { notation: "compact" }).format;

/** Between which balances each account of a ledger stood over the period, and where it stands at its end. */
export default function LedgerPicture({
  title,
  spans,
  of,
}: {
  title: string;
  spans: readonly Span[];
  of: number;
}) {
  const widest = spans[0];
  const words =
    `Balances of ${title} by account, ${count(spans.length)} accounts. Widest: ` +
    (widest
      ? `${widest.account}, from ${money(widest.range[0])} to ${signed(money, widest.range[1])} face.`
      : "none.");
  return (
    <Box sx={{ mt: 2 }}>
      <Typography variant="h3" component="h2">
        {title} over the period
      </Typography>
      <Typography variant="caption" color="textSecondary">
        Bar: from the most that an account had too much to the most that it was owed, in face. Diamond: at the
        end.
        {of > spans.length && ` The ${spans.length} widest of ${count(of)} accounts.`}
      </Typography>
      <Box role="img" aria-label={words} sx={{ height: spans.length * ROW_HEIGHT + 50 }}>
        <ResponsiveContainer>
          <ComposedChart
            layout="vertical"
            data={[...spans]}
            margin={{ top: 4, right: 24, bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid stroke="var(--mui-palette-divider)" horizontal={false} />
            <XAxis
              type="number"
              tickFormatter={compact}
              stroke="var(--mui-palette-text-secondary)"
              fontSize={11}
            />
            <YAxis
              type="category"
              dataKey="account"
              width={90}
              interval={0}
              stroke="var(--mui-palette-text-secondary)"
              fontSize={11}
            />
            <ReferenceLine x={0} stroke="var(--mui-palette-text-primary)" />
            <Tooltip
              cursor={{ fill: "var(--mui-palette-action-hover)" }}
              content={({ payload }) => <SpanWords span={payload?.[0]?.payload as Span | undefined} />}
            />
            <Bar
              dataKey="range"
              fill="var(--mui-palette-primary-main)"
              fillOpacity={0.45}
              barSize={8}
              isAnimationActive={false}
            />
            <Scatter
              dataKey="end"
              shape="diamond"
              fill="var(--mui-palette-secondary-main)"
              isAnimationActive={false}
            />
          </ComposedChart>
        </ResponsiveContainer>
      </Box>
    </Box>
  );
}

function SpanWords({ span }: { span: Span | undefined }) {
  if (!span) return null;
  return (
    <ChartTip>
      <b>{span.account}</b> {span.name}
      <br />
      From {money(span.range[0])} to {signed(money, span.range[1])}, at the end {signed(money, span.end)}
    </ChartTip>
  );
}
