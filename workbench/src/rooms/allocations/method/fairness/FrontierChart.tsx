import { Box, Table, TableBody, TableCell, TableHead, TableRow } from "@mui/material";
import { visuallyHidden } from "@mui/utils";
import { CartesianGrid, ResponsiveContainer, Scatter, ScatterChart, Symbols, XAxis, YAxis } from "recharts";
import type { FrontierPoint } from "../../../../api/generated/api";
import { metric, percent } from "../../../../kit/format";
import { piecesOf } from "./frontier";

const number = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

interface Dot {
  balance: number;
  cost: number;
}

const dot = (point: FrontierPoint): Dot => ({
  balance: piecesOf(point.greatest_after),
  cost: point.dispersion_cost ?? 0,
});

const INK = { fontSize: 11, fill: "var(--mui-palette-text-secondary)" };

/** A shape in a colour of the page; sizes in square pixels, as recharts has them. */
function mark(type: "circle" | "diamond" | "square", size: number, fill: string, stroke: string) {
  return ({ cx, cy }: { cx?: number; cy?: number }) => (
    <Symbols cx={cx} cy={cy} type={type} size={size} fill={fill} stroke={stroke} strokeWidth={2} />
  );
}

const PRIMARY = "var(--mui-palette-primary-main)";
const PAPER = "var(--mui-palette-background-paper)";
const POINT = mark("circle", 40, PRIMARY, PRIMARY);
const POLICY = mark("diamond", 110, PAPER, "var(--mui-palette-secondary-main)");
const CHOSEN = mark("square", 130, PAPER, "var(--mui-palette-warning-main)");

/** What fairness costs: dispersion above the least against the greatest balance in pieces. */
export default function FrontierChart({
  steps,
  policy,
  chosen,
}: {
  steps: readonly FrontierPoint[];
  policy: FrontierPoint;
  chosen: FrontierPoint | null;
}) {
  return (
    <Box>
      <Box aria-hidden sx={{ height: 220, maxWidth: 640 }}>
        <ResponsiveContainer>
          <ScatterChart accessibilityLayer={false} margin={{ top: 8, right: 16, bottom: 22, left: 8 }}>
            <CartesianGrid stroke="var(--mui-palette-divider)" />
            <XAxis
              type="number"
              dataKey="balance"
              domain={[0, "auto"]}
              tick={INK}
              tickFormatter={(value: number) => number.format(value)}
              label={{ value: "Greatest balance, pieces", position: "bottom", offset: 4, ...INK }}
            />
            <YAxis
              type="number"
              dataKey="cost"
              width={70}
              tick={INK}
              tickFormatter={(value: number) => percent(value)}
              label={{ value: "More dispersion", angle: -90, position: "insideLeft", dy: 40, ...INK }}
            />
            <Scatter
              data={steps.map(dot)}
              line={{ stroke: PRIMARY }}
              shape={POINT}
              isAnimationActive={false}
            />
            <Scatter data={[dot(policy)]} shape={POLICY} isAnimationActive={false} />
            {chosen && <Scatter data={[dot(chosen)]} shape={CHOSEN} isAnimationActive={false} />}
          </ScatterChart>
        </ResponsiveContainer>
      </Box>
      <Box component="p" aria-hidden sx={{ m: 0, color: "text.secondary", fontSize: 12 }}>
        ● points of the curve&emsp;◇ as the policy says&emsp;□ chosen
      </Box>
      <FrontierTable steps={steps} policy={policy} />
    </Box>
  );
}

/** The chart as text. */
function FrontierTable({ steps, policy }: { steps: readonly FrontierPoint[]; policy: FrontierPoint }) {
  return (
    <Table sx={visuallyHidden}>
      <caption>What fairness costs in dispersion</caption>
      <TableHead>
        <TableRow>
          <TableCell>Point</TableCell>
          <TableCell>Standard deviation</TableCell>
          <TableCell>More dispersion</TableCell>
          <TableCell>Greatest balance, pieces</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {[...steps, policy].map((point, at) => (
          <TableRow key={point === policy ? "policy" : String(point.fairness_weight)}>
            <TableCell>
              {at === steps.length ? "As the policy says" : `Weight ${point.fairness_weight}`}
            </TableCell>
            <TableCell>{metric(point.post_trade_std_dev)}</TableCell>
            <TableCell>{percent(point.dispersion_cost)}</TableCell>
            <TableCell>{number.format(piecesOf(point.greatest_after))}</TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
