/** Optimised portfolios in the words of a portfolio manager. */
import type {
  CovarianceMethod,
  EfficientPoint,
  Measure,
  OptimalityStatus,
  OptimizationReplay,
  OptimizedPortfolio,
  PortfolioModel,
  PortfolioObjective,
  PortfolioOptimality,
  SeriesFrequency,
} from "../../api/generated/api";
import { count, percent } from "../../kit/format";

export interface Named {
  name: string;
  hint: string;
}

export const MODELS: Record<PortfolioModel, Named> = {
  Classic: { name: "History", hint: "Mean and covariance of the returns, as they were." },
  BL: { name: "Black-Litterman", hint: "Returns that the market's weights imply, moved by your views." },
  FM: { name: "Factor model", hint: "Returns explained by factors, which are assets that are not bought." },
};

export const MEASURES: Record<Measure, Named> = {
  MV: { name: "Standard deviation", hint: "How far returns are from their mean, up and down alike." },
  CVaR: { name: "Conditional value at risk", hint: "Mean loss of the worst periods." },
  MAD: { name: "Mean absolute deviation", hint: "Mean distance of returns to their mean." },
  MSV: { name: "Semi-deviation", hint: "As the standard deviation, of returns below the mean alone." },
  FLPM: { name: "First lower partial moment", hint: "Mean shortfall below a return." },
  SLPM: { name: "Second lower partial moment", hint: "Root of the mean squared shortfall below a return." },
  WR: { name: "Worst realisation", hint: "The largest loss of a period." },
  EVaR: {
    name: "Entropic value at risk",
    hint: "A bound on the loss of the worst periods, stricter than CVaR.",
  },
  MDD: { name: "Maximum drawdown", hint: "The deepest fall from a peak." },
  ADD: { name: "Average drawdown", hint: "The mean fall from a peak." },
  CDaR: { name: "Conditional drawdown at risk", hint: "The mean of the deepest falls from a peak." },
  EDaR: { name: "Entropic drawdown at risk", hint: "A bound on the deepest falls, stricter than CDaR." },
  UCI: { name: "Ulcer index", hint: "Root of the mean squared fall from a peak." },
};

export const OBJECTIVES: Record<PortfolioObjective, Named> = {
  MinRisk: { name: "Least risk", hint: "The least risk within the limits." },
  MaxRet: {
    name: "Highest return",
    hint: "The highest expected return within the limits, whatever the risk.",
  },
  Sharpe: { name: "Best ratio", hint: "The most return above the risk-free rate for each unit of risk." },
  Utility: { name: "Return less risk", hint: "Expected return less risk, weighed by your aversion to it." },
  RiskParity: { name: "Equal risk", hint: "A rule: each asset has the same share of the risk. No limits." },
  HRP: {
    name: "Hierarchical risk parity",
    hint: "A rule: risk is halved down a tree of alike assets. No limits.",
  },
};

export const COVARIANCES: Record<CovarianceMethod, string> = {
  sample: "Of the sample",
  ewma: "Recent days count more",
  ledoit_wolf: "Shrunk (Ledoit and Wolf)",
};

export const FREQUENCIES: Record<SeriesFrequency, string> = {
  daily: "Daily",
  weekly: "Weekly",
  monthly: "Monthly",
};

export const STATUSES: Record<OptimalityStatus, string> = {
  OPTIMAL: "Proved best",
  WITHIN_GAP: "Nearly the best",
  NOT_SOUGHT: "By a rule",
};

/** Lesser distances to the best are not worth a word: nobody trades a ten-thousandth of a per cent. */
const SMALL = 1e-6;

/** What is proved of the weights. */
export function optimalityWords({ status, objective, gap }: PortfolioOptimality): string {
  if (status === "NOT_SOUGHT")
    return "These weights are given by a rule. It has no objective, so nothing is claimed to be best.";
  if (status === "OPTIMAL")
    return "Proved best: no other weights within the limits do better, up to rounding.";
  const part = gap !== null && objective ? Math.abs(gap / objective) : null;
  if (part === null) return "Nearly the best: how much is missing is not known.";
  const missing = precise(Math.max(part, SMALL));
  return `Nearly the best: no other weights within the limits improve on the objective by more than ${missing}.`;
}

/** A part as per cent with as many decimals as it needs to be above zero. */
function precise(part: number): string {
  return part >= 0.0001 ? percent(part) : `${(part * 100).toFixed(4)}%`;
}

/** How the weights were found, for who asks. */
export function solverWords({ solver, attempts, kkt_residual }: PortfolioOptimality): string {
  if (solver === null) return "No solver was needed.";
  const tries = attempts.length === 1 ? "at the first try" : `after ${count(attempts.length)} tries`;
  const residual =
    kkt_residual === null
      ? ""
      : ` The conditions of a best point are met up to ${kkt_residual.toExponential(1)}.`;
  return `${solver} found the weights ${tries}.${residual}`;
}

export function askedWords({
  objective,
  risk_measure,
  model,
}: Pick<OptimizedPortfolio, "objective" | "risk_measure" | "model">): string {
  const by = `${OBJECTIVES[objective].name} by ${MEASURES[risk_measure].name.toLowerCase()}`;
  return model === "Classic" ? by : `${by}, ${MODELS[model].name}`;
}

/** What came of computing it again. */
export function replayWords(replay: OptimizationReplay): string {
  if (replay.identical) return "Computed again from the prices of then: the same to the last digit.";
  const difference = `The largest difference of a weight is ${percent(replay.largest_difference)}.`;
  if (replay.reproduced)
    return `Computed again on other versions of the libraries, with the same result up to rounding. ${difference}`;
  const cause = replay.same_returns
    ? replay.same_versions
      ? "Prices and versions are the same."
      : "The versions of the libraries are others."
    : "The prices are not those of then.";
  return `The portfolio does not come out again. ${cause} ${difference}`;
}

/** A point of the frontier in a sentence. */
export function pointWords({ risk, return: expected, weights }: EfficientPoint): string {
  const held = Object.values(weights).filter(isHeld).length;
  return `Return ${percent(expected)} a year at a risk of ${percent(risk)} a period, ${count(held)} ${held === 1 ? "asset" : "assets"}`;
}

/** Weights below a hundredth of a per cent are what a solver leaves of zero. */
const LEAST_HELD = 0.0001;

export function isHeld(weight: number): boolean {
  return Math.abs(weight) >= LEAST_HELD;
}
