/** A question about risk as it is asked on the screen, and as the service takes it. */
import type { CovarianceMethod, RiskRequest, RollingFigure, SeriesFrequency } from "../../api/generated/api";
import { dateProblem } from "../../kit/dates";
import { type Percents, readNumber, readShares, share, weightsProblem } from "./weights";

export interface RiskForm {
  assets: string[];
  weights: Percents;
  shocks: Percents;
  start: string;
  end: string;
  frequency: SeriesFrequency;
  covariance: CovarianceMethod;
  benchmark: string | null;
  riskFreePercent: string;
  /** Confidence levels in per cent, separated by commas. */
  levels: string;
  worstPeriods: string;
  rollingWindow: string;
}

export const BEGINNING: RiskForm = {
  assets: [],
  weights: {},
  shocks: {},
  start: "",
  end: "",
  frequency: "daily",
  covariance: "sample",
  benchmark: null,
  riskFreePercent: "0",
  levels: "95",
  worstPeriods: "21",
  rollingWindow: "63",
};

/** Errors by the fields of the request, as the service names them. */
export type Errors = Record<string, string>;

const MAX_LEVELS = 5;
const MAX_WINDOW_PERIODS = 5_000;
const LEAST_SHOCK_PERCENT = -100;
const LEAST_LEVEL_PERCENT = 50;
const MOST_LEVEL_PERCENT = 99.99;
const ALONE: readonly RollingFigure[] = ["volatility", "sharpe_ratio", "VaR", "CVaR", "MDD"];
const AGAINST_BENCHMARK: readonly RollingFigure[] = ["beta", "tracking_error"];

/** Levels as they are typed, as parts of 1; null where one of them is none. */
export function readLevels(text: string): number[] | null {
  const levels = text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "")
    .map(readNumber);
  const isGood = (level: number | null) =>
    level !== null && level >= LEAST_LEVEL_PERCENT && level <= MOST_LEVEL_PERCENT;
  if (levels.length === 0 || levels.length > MAX_LEVELS || !levels.every(isGood)) return null;
  return [...new Set(levels.map((level) => share(level ?? 0)))];
}

/** The request that a form makes, or what is wrong with it, all at once. */
export function requestOf(form: RiskForm): { request: RiskRequest; errors: Errors } {
  const errors: Errors = {};
  const periods = (field: string, text: string, least: number) => {
    if (text.trim() === "") return null;
    const value = readNumber(text);
    if (value === null || !Number.isInteger(value) || value < least || value > MAX_WINDOW_PERIODS)
      errors[field] = `Type a whole number from ${least} to 5,000, or leave it empty.`;
    return value;
  };
  const problem = weightsProblem(form.assets, form.weights);
  if (problem) errors.weights = problem;
  const shocks = readShares(form.assets, form.shocks);
  if (shocks.wrong.length > 0)
    errors.shocks = `Type a number of per cent as the shock of ${shocks.wrong.join(", ")}.`;
  else if (Object.values(shocks.shares).some((shock) => shock < share(LEAST_SHOCK_PERCENT)))
    errors.shocks = "No asset can lose more than 100 %.";
  checkDays(form, errors);
  const riskFree = readNumber(form.riskFreePercent);
  if (riskFree === null || Math.abs(riskFree) > 100)
    errors.risk_free_rate = "Type a number from -100 to 100.";
  const levels = readLevels(form.levels);
  if (!levels) errors.levels = `Type one to ${MAX_LEVELS} numbers from 50 to 99.99, separated by commas.`;
  const worst = periods("worst_windows.periods", form.worstPeriods, 1);
  const window = periods("rolling.window", form.rollingWindow, 2);
  const request: RiskRequest = {
    weights: readShares(form.assets, form.weights).shares,
    start_date: form.start || null,
    end_date: form.end || null,
    frequency: form.frequency,
    covariance: form.covariance,
    benchmark: form.benchmark,
    risk_free_rate: share(riskFree ?? 0),
    levels: levels ?? [],
    shocks: Object.keys(shocks.shares).length > 0 ? shocks.shares : null,
    worst_windows: worst === null ? null : { periods: worst },
    rolling:
      window === null ? null : { window, measures: [...ALONE, ...(form.benchmark ? AGAINST_BENCHMARK : [])] },
  };
  return { request, errors };
}

function checkDays({ start, end }: Pick<RiskForm, "start" | "end">, errors: Errors): void {
  const [first, last] = [dateProblem(start), dateProblem(end)];
  if (first) errors.start_date = first;
  if (last) errors.end_date = last;
  if (start && end && !first && !last && start >= end)
    errors.end_date = "The last day has to be after the first.";
}
