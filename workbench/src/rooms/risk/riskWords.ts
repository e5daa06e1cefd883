import type {
  CovarianceMethod,
  RelativeFigure,
  RiskFigure,
  RiskUnit,
  RollingFigure,
  SeriesFrequency,
} from "../../api/generated/api";
import { metric, percent, points } from "../../kit/format";

export const RISK_FIGURES: Record<RiskFigure | RelativeFigure | RollingFigure, string> = {
  annualised_return: "Annualised return",
  volatility: "Annualised volatility",
  sharpe_ratio: "Sharpe ratio",
  sortino_ratio: "Sortino ratio",
  omega_ratio: "Omega ratio",
  calmar_ratio: "Calmar ratio",
  skewness: "Skewness",
  excess_kurtosis: "Excess kurtosis",
  MV: "Variance (MV)",
  MAD: "Mean absolute deviation (MAD)",
  MSV: "Semivariance (MSV)",
  FLPM: "First lower partial moment (FLPM)",
  SLPM: "Second lower partial moment (SLPM)",
  WR: "Worst period (WR)",
  VaR: "Value at risk (VaR)",
  VaR_parametric: "Value at risk, normal",
  VaR_Cornish_Fisher: "Value at risk, Cornish-Fisher",
  CVaR: "Conditional value at risk (CVaR)",
  CVaR_parametric: "Conditional value at risk, normal",
  EVaR: "Entropic value at risk (EVaR)",
  MDD: "Maximum drawdown (MDD)",
  ADD: "Average drawdown (ADD)",
  CDaR: "Conditional drawdown at risk (CDaR)",
  EDaR: "Entropic drawdown at risk (EDaR)",
  UCI: "Ulcer index (UCI)",
  beta: "Beta",
  jensen_alpha: "Annualised Jensen's alpha",
  tracking_error: "Tracking error of a year",
  information_ratio: "Information ratio",
};

export const UNITS: Record<RiskUnit, string> = {
  return_per_year: "a year",
  return_per_period: "a period",
  squared_return_per_period: "squared, a period",
  part_of_peak: "of the peak",
  ratio_per_year: "ratio, a year",
  ratio: "ratio",
};

export const FREQUENCIES: Record<SeriesFrequency, string> = {
  daily: "Daily",
  weekly: "Weekly",
  monthly: "Monthly",
};

export const COVARIANCES: Record<CovarianceMethod, string> = {
  sample: "Sample",
  ewma: "Exponentially weighted",
  ledoit_wolf: "Ledoit-Wolf shrinkage",
};

/** Decimals of a squared return: most would otherwise be zeros. */
const SQUARED_DIGITS = 4;

/** A number in its unit: shares as per cent, ratios as they are. */
export function figure(value: number | null | undefined, unit: RiskUnit): string {
  if (unit === "ratio" || unit === "ratio_per_year") return metric(value);
  if (unit === "squared_return_per_period" && typeof value === "number")
    return value === 0 ? "0" : value.toExponential(SQUARED_DIGITS);
  return percent(value);
}

/** The name of a measure, with its level where it has one. */
export function measureName(measure: keyof typeof RISK_FIGURES, level: number | null): string {
  return level === null ? RISK_FIGURES[measure] : `${RISK_FIGURES[measure]}, ${points(level * 100)} %`;
}
