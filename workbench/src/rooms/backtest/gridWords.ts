/** What is said of a grid of backtests. */
import type {
  BacktestGrid,
  BacktestGridView,
  BacktestStatus,
  BacktestView,
  CrossValidation,
  Overfitting,
} from "../../api/generated/api";
import { count, percent, points } from "../../kit/format";
import { JOB_STATE } from "../jobs/jobWords";
import { FREQUENCIES } from "./backtestWords";

export type Parameter = keyof BacktestGrid["request"]["grid"];

export const PARAMETERS: Record<Parameter, string> = {
  window: "Window, days",
  upper_bound: "Most weight of an asset",
  threshold: "Threshold",
  risk_aversion: "Weight of the risk",
  radius: "Radius",
  rebalancing_frequency: "Decides",
};

/** Parameters that are tried with more than one value first, then those with one. */
export function variedOf({ grid }: BacktestGrid["request"]): Parameter[] {
  const names = (Object.keys(PARAMETERS) as Parameter[]).filter((name) => grid[name] !== null);
  const several = names.filter((name) => (grid[name]?.length ?? 0) > 1);
  return several.length > 0 ? several : names;
}

export function tried({ request }: Pick<BacktestView, "request">, parameter: Parameter): number | string {
  if (parameter === "rebalancing_frequency") return request.strategy.rebalancing_frequency;
  if (parameter === "upper_bound") return request.constraints.upper_bound;
  return request.strategy.parameters[parameter];
}

export function valueWords(parameter: Parameter, value: number | string): string {
  if (typeof value === "string") return FREQUENCIES[value as keyof typeof FREQUENCIES];
  if (parameter === "upper_bound" || parameter === "threshold") return percent(value);
  return parameter === "window" ? count(value) : String(value);
}

export function parameterWords(request: BacktestGridView["request"]): string {
  return variedOf(request)
    .map(
      (name) =>
        `${PARAMETERS[name]}: ${request.grid[name]?.map((value) => valueWords(name, value)).join(", ")}`,
    )
    .join("; ");
}

/** How far a grid is, in words: "3 of 4 done, 1 failed". */
export function statusWords({ backtest_count, statuses }: BacktestGridView): string {
  const done = statuses.SUCCEEDED ?? 0;
  const others = Object.entries(statuses)
    .filter(([status]) => status !== "SUCCEEDED")
    .map(([status, many]) => `${count(many)} ${JOB_STATE[status as BacktestStatus].toLowerCase()}`);
  return [`${count(done)} of ${count(backtest_count)} done`, ...others].join(", ");
}

/** The probability of overfitting in a sentence. */
export function overfittingWords(found: Overfitting, name: string): string {
  const {
    probability_of_overfitting: share,
    deflated_sharpe_ratio: skill,
    expected_maximum_sharpe: luck,
  } = found;
  const verdict =
    share >= 0.5
      ? "do not rely on it"
      : share >= 0.2
        ? "take it with care"
        : "the choice holds on other days as a rule";
  return (
    `In ${percent(share)} of the ${count(found.split_count)} ways to halve the days, what was best in one half was ` +
    `below the median in the other: ${verdict}. Luck alone would give the best of these a Sharpe ratio of about ` +
    `${points(luck)}; that ${name} is better than that has a probability of ${percent(skill)}.`
  );
}

/** What choosing the best one comes to on other days, in a sentence. */
export function validationWords({
  mean_sharpe,
  loss_probability,
  path_count,
  sharpe_ratios,
}: CrossValidation): string {
  const from = points(Math.min(...sharpe_ratios));
  const to = points(Math.max(...sharpe_ratios));
  const paths = path_count === 1 ? "the one path" : `the ${count(path_count)} paths`;
  return (
    `To choose the best one on some days and hold it on the others has a Sharpe ratio of ${points(mean_sharpe)} on ` +
    `average over ${paths} (${from} to ${to}), and one below 0 on ${percent(loss_probability)} of them.`
  );
}

export interface Cell {
  row: string;
  column: string;
  value: number | null;
}

/** Mean Sharpe ratio by the values of one or two parameters, over all others; null where one has none. */
export function sharpeTable(backtests: readonly BacktestView[], rows: Parameter, columns: Parameter | null) {
  const names = (parameter: Parameter) => [
    ...new Set(backtests.map((each) => valueWords(parameter, tried(each, parameter)))),
  ];
  const at = (row: string, column: string | null) => {
    const found = backtests
      .filter((each) => valueWords(rows, tried(each, rows)) === row)
      .filter((each) => columns === null || valueWords(columns, tried(each, columns)) === column)
      .map(({ summary }) => summary?.sharpe_ratio ?? null);
    if (found.length === 0 || found.includes(null)) return null;
    return found.reduce<number>((sum, ratio) => sum + (ratio ?? 0), 0) / found.length;
  };
  const heads = columns === null ? [null] : names(columns);
  return {
    columns: heads,
    rows: names(rows).map((name) => ({ name, values: heads.map((column) => at(name, column)) })),
  };
}
