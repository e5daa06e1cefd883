import type { Key } from "react";
import {
  CartesianGrid,
  Label,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  Symbols,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { EfficientPoint } from "../../api/generated/api";
import { ChartTip } from "../../kit/ChartTip";
import { percent } from "../../kit/format";
import { pointWords } from "./portfolioWords";

const INK = "var(--mui-palette-text-primary)";
const FAINT = "var(--mui-palette-text-secondary)";
const PRIMARY = "var(--mui-palette-primary-main)";
const PAPER = "var(--mui-palette-background-paper)";
const AXIS = { stroke: FAINT, fontSize: 11 };
const LABEL = { fill: FAINT, fontSize: 11 };
/** A finger needs more room than the dot has. */
const TOUCH_RADIUS = 12;

type Place = Pick<EfficientPoint, "risk" | "return">;
type Drawn = EfficientPoint & { place: number };

/** Expected return of a year against risk: points that can be clicked, and the portfolio itself as a diamond. */
export default function FrontierPicture({
  points,
  own,
  measure,
  at,
  onChoose,
}: {
  points: readonly EfficientPoint[];
  own: Place;
  measure: string;
  at: number | null;
  onChoose: (place: number) => void;
}) {
  const data: Drawn[] = points.map((point, place) => ({ ...point, place }));
  return (
    <ResponsiveContainer>
      <ScatterChart margin={{ top: 8, right: 24, bottom: 18, left: 12 }} accessibilityLayer={false}>
        <CartesianGrid stroke="var(--mui-palette-divider)" />
        <XAxis {...AXIS} type="number" dataKey="risk" domain={["auto", "auto"]} tickFormatter={percent}>
          <Label {...LABEL} position="bottom" offset={2} value={`${measure}, of a period`} />
        </XAxis>
        <YAxis
          {...AXIS}
          type="number"
          dataKey="return"
          width={64}
          domain={["auto", "auto"]}
          tickFormatter={percent}
        >
          <Label
            {...LABEL}
            position="insideLeft"
            angle={-90}
            style={{ textAnchor: "middle" }}
            value="Annualised return"
          />
        </YAxis>
        <Tooltip cursor={false} isAnimationActive={false} content={<PointWords />} />
        <Scatter
          data={data}
          line={{ stroke: PRIMARY, strokeWidth: 1.5 }}
          isAnimationActive={false}
          shape={({ key, ...props }: DotProps) => <Dot key={key} {...props} at={at} onChoose={onChoose} />}
        />
        <Scatter data={[own]} isAnimationActive={false} shape={Own} tooltipType="none" />
      </ScatterChart>
    </ResponsiveContainer>
  );
}

interface DotProps {
  key?: Key | null;
  cx?: number;
  cy?: number;
  payload?: Drawn;
}

/** The slider below the chart is for who has no pointer. */
function Dot({
  cx,
  cy,
  payload,
  at,
  onChoose,
}: Omit<DotProps, "key"> & { at: number | null; onChoose: (place: number) => void }) {
  if (cx === undefined || cy === undefined || !payload) return null;
  const isChosen = payload.place === at;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the slider does the same by keys, and is read out.
    <g data-point={payload.place} onClick={() => onChoose(payload.place)} style={{ cursor: "pointer" }}>
      <circle cx={cx} cy={cy} r={TOUCH_RADIUS} fill="transparent" />
      <circle
        cx={cx}
        cy={cy}
        r={isChosen ? 7 : 4}
        fill={isChosen ? PAPER : PRIMARY}
        stroke={PRIMARY}
        strokeWidth={2}
      />
    </g>
  );
}

function Own({ cx, cy }: { cx?: number; cy?: number }) {
  if (cx === undefined || cy === undefined) return null;
  return <Symbols cx={cx} cy={cy} type="diamond" size={110} fill={INK} pointerEvents="none" />;
}

function PointWords({ active, payload }: { active?: boolean; payload?: { payload?: Partial<Drawn> }[] }) {
  const point = payload?.[0]?.payload;
  if (!active || point?.weights === undefined) return null;
  return <ChartTip>{pointWords(point as EfficientPoint)}</ChartTip>;
}
