import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { ChartTip } from "../../kit/ChartTip";
import { price } from "../../kit/format";
import { type DayPrice, thinned } from "./history";

const FAINT = "var(--mui-palette-text-secondary)";
const AXIS = { stroke: FAINT, fontSize: 11 };
/** More points than a wide screen has columns of pixels show nothing more. */
const MAX_DRAWN = 1_500;
const TICKS = 6;

/** Closing prices of an asset over its days. */
export default function PricePicture({ prices }: { prices: readonly DayPrice[] }) {
  const drawn = thinned(prices, MAX_DRAWN);
  return (
    <ResponsiveContainer>
      <LineChart
        data={[...drawn]}
        margin={{ top: 8, right: 24, bottom: 0, left: 0 }}
        accessibilityLayer={false}
      >
        <CartesianGrid stroke="var(--mui-palette-divider)" vertical={false} />
        <XAxis
          {...AXIS}
          type="number"
          dataKey="at"
          domain={["dataMin", "dataMax"]}
          ticks={thinned(prices, TICKS).map(({ at }) => at)}
          tickFormatter={(at: number) => new Date(at).toISOString().slice(0, 10)}
        />
        <YAxis {...AXIS} width={60} domain={["auto", "auto"]} />
        <Tooltip cursor={{ stroke: FAINT }} isAnimationActive={false} content={<PriceWords />} />
        <Line
          dataKey="price"
          type="linear"
          stroke="var(--mui-palette-primary-main)"
          strokeWidth={1.5}
          dot={false}
          isAnimationActive={false}
        />
      </LineChart>
    </ResponsiveContainer>
  );
}

function PriceWords({ active, payload }: { active?: boolean; payload?: { payload?: DayPrice }[] }) {
  const shown = payload?.[0]?.payload;
  if (!active || !shown) return null;
  return (
    <ChartTip>
      <b>{shown.day}</b> {price(shown.price)}
    </ChartTip>
  );
}
