import type {
  BacktestSummary,
  BacktestView,
  FaultKind,
  Measure,
  Objective,
  RebalancingFrequency,
} from "../../api/generated/api";
import { cents, count, percent, points, shortId, UNKNOWN } from "../../kit/format";
import { FAULTS } from "../risk/faults";
import type { OfferedStrategy } from "./backtestForm";

export const STRATEGIES: Record<OfferedStrategy, { name: string; hint: string }> = {
  fixed_weights: { name: "Fixed weights", hint: "Back to the weights at each decision" },
  buy_and_hold: { name: "Buy and hold", hint: "Bought once, and left as it goes" },
  optimization: { name: "Optimisation", hint: "Optimised over the trailing window at each decision" },
  rebalancing: { name: "Rebalancing by threshold", hint: "Trades when a weight is too far from its target" },
};

export const OBJECTIVES: Record<Objective, string> = {
  MinRisk: "Least risk",
  MaxRet: "Most return",
  Sharpe: "Return for its risk",
  Utility: "Return less weighted risk",
};

export const MEASURES: Record<Measure, string> = {
  MV: "Variance (MV)",
  CVaR: "Mean of the worst days (CVaR)",
  MAD: "Mean absolute deviation (MAD)",
  MSV: "Semivariance (MSV)",
  FLPM: "First lower partial moment (FLPM)",
  SLPM: "Second lower partial moment (SLPM)",
  WR: "Worst day (WR)",
  EVaR: "Entropic value at risk (EVaR)",
  MDD: "Maximum drawdown (MDD)",
  ADD: "Average drawdown (ADD)",
  CDaR: "Mean of the worst drawdowns (CDaR)",
  EDaR: "Entropic drawdown at risk (EDaR)",
  UCI: "Ulcer index (UCI)",
};

export const FREQUENCIES: Record<RebalancingFrequency, string> = {
  daily: "Daily",
  weekly: "Weekly",
  monthly: "Monthly",
  quarterly: "Quarterly",
};

export function isRunning(status: string): boolean {
  return status === "PENDING" || status === "RUNNING" || status === "ABORTING";
}

export function nameOf({ name, backtest_id }: Pick<BacktestView, "name" | "backtest_id">): string {
  return name ?? shortId(backtest_id);
}

export function strategyWords({ strategy }: BacktestView["request"]): string {
  const known = STRATEGIES[strategy.type as OfferedStrategy];
  return known?.name ?? strategy.type;
}

/** Figures that can be missing, which a comparison has, too. */
type Figure = Exclude<
  keyof BacktestSummary,
  "initial_capital" | "final_value" | "total_costs" | "trade_count" | "undefined" | "sharpe_interval"
>;

type Format = (value: number | null | undefined) => string;

export const FIGURES: readonly (readonly [figure: Figure, name: string, format: Format])[] = [
  ["total_return", "Total return", percent],
  ["annualized_return", "Annualised return", percent],
  ["volatility", "Annualised volatility", percent],
  ["sharpe_ratio", "Sharpe ratio", points],
  ["probabilistic_sharpe_ratio", "Probability that it is above 0", percent],
  ["sortino_ratio", "Sortino ratio", points],
  ["max_drawdown", "Maximum drawdown", percent],
  ["calmar_ratio", "Calmar ratio", points],
  ["var", "Value at risk of a day, 95 %", percent],
  ["cvar", "Mean of the worst 5 % of days", percent],
  ["win_rate", "Win rate (days with a gain)", percent],
  ["turnover", "Annual turnover", percent],
  ["beta", "Beta", points],
  ["alpha", "Annualised Jensen's alpha", percent],
  ["tracking_error", "Tracking error of a year", percent],
  ["information_ratio", "Information ratio", points],
];

/** Figures against a benchmark, which are missing without one. */
const RELATIVE: readonly Figure[] = ["beta", "alpha", "tracking_error", "information_ratio"];

export interface FigureLine {
  name: string;
  value: string;
  /** How sure it is, or why there is none. */
  note: string;
}

interface Figures extends Partial<Record<Figure, number | null>> {
  undefined: Record<string, FaultKind>;
}

/** Why a figure is missing. */
export function missingWords(figures: Figures, figure: Figure): string {
  const kind = figures.undefined[figure];
  if (RELATIVE.includes(figure) && (!kind || kind === "REQUIRED"))
    return "Without a benchmark there is none.";
  return kind ? FAULTS[kind] : "";
}

/** The statistics of a backtest, each with its interval or the reason why it is missing. */
export function figureLines(summary: BacktestSummary): FigureLine[] {
  const { sharpe_interval: interval } = summary;
  const lines = FIGURES.map(([figure, name, format]): FigureLine => {
    const value = summary[figure];
    if (value === null) return { name, value: UNKNOWN, note: missingWords(summary, figure) };
    const sure =
      figure === "sharpe_ratio"
        ? interval
          ? `${points(interval.low)} to ${points(interval.high)} at ${percent(interval.confidence)}, by ${count(interval.samples)} samples in blocks of ${count(interval.block_length)} days`
          : "It has no interval for these returns."
        : "";
    return { name, value: format(value), note: sure };
  });
  return [
    ...lines,
    { name: "Initial capital", value: cents(summary.initial_capital), note: "" },
    { name: "Final value", value: cents(summary.final_value), note: "" },
    { name: "Costs of all trades", value: cents(summary.total_costs), note: "Impact included" },
    { name: "Trades", value: count(summary.trade_count), note: "" },
  ];
}
