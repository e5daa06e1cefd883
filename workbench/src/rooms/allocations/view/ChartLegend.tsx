import { Box } from "@mui/material";
import type { Allocation } from "../../../api/generated/api";
import { metric } from "../../../kit/format";
import { commonBenchmark, type Point } from "./chart";
import { METRIC_NAME, METRIC_UNIT } from "./metrics";

/** What the signs of the chart mean. It stands before the chart is loaded, which then does not move. */
export function ChartLegend(props: {
  allocation: Allocation;
  points: readonly Point[];
  /** Accounts in sight at once, and the first of them. */
  fits: number;
  first?: number;
}) {
  const { allocation, points, fits, first = 0 } = props;
  const { target_metric: target, target_value: mean } = allocation.summary.dispersion_metrics;
  const benchmark = commonBenchmark(points);
  return (
    <Box component="figcaption" sx={{ display: "flex", flexWrap: "wrap", gap: 2, color: "text.secondary" }}>
      <span>○ before</span>
      <span>◆ after</span>
      <span>┊ mean after, {metric(mean)}</span>
      {benchmark !== null && <span>│ benchmark, {metric(benchmark)}</span>}
      {benchmark === null && points.some((point) => point.benchmark !== null) && (
        <span>│ each account's benchmark</span>
      )}
      <span>
        {METRIC_NAME[target]} in {METRIC_UNIT[target]}
        {points.length > fits &&
          `; accounts ${first + 1} to ${first + fits} of ${points.length}, scroll for the rest`}
      </span>
    </Box>
  );
}
