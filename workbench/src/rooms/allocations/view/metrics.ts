import type { AccountMetrics, Benchmark, TargetMetric } from "../../../api/generated/api";

const FIELD: Record<TargetMetric, keyof AccountMetrics> = {
  ACTIVE_SPREAD_DURATION: "active_spread_duration",
  DURATION: "duration",
  OAS: "oas",
  DTS: "dts",
};

export const METRIC_NAME: Record<TargetMetric, string> = {
  ACTIVE_SPREAD_DURATION: "active spread duration",
  DURATION: "duration",
  OAS: "OAS",
  DTS: "DTS",
};

export const METRIC_UNIT: Record<TargetMetric, string> = {
  ACTIVE_SPREAD_DURATION: "years",
  DURATION: "years",
  OAS: "bp",
  DTS: "years × bp",
};

/** An account's value of the metric whose dispersion is reported; null where it has none. */
export function metricIn(metrics: AccountMetrics, target: TargetMetric): number | null {
  return metrics[FIELD[target]];
}

/** The benchmark's value of the metric; null where it has none. Of an active metric it is 0 by its meaning. */
export function benchmarkIn(benchmark: Benchmark, target: TargetMetric): number | null {
  if (target === "ACTIVE_SPREAD_DURATION") return 0;
  if (target === "DURATION") return benchmark.duration;
  return target === "OAS" ? benchmark.oas : null;
}
