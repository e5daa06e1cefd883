/** A backtest as it is asked for on the screen, and as the service takes it. */
import type {
  BacktestRequest,
  Measure,
  Objective,
  RebalancingFrequency,
  StrategyParameters,
  StrategyType,
} from "../../api/generated/api";
import { dateProblem } from "../../kit/dates";
import { type Percents, readNumber, readShares, share, weightsProblem } from "../risk/weights";

/** Strategies that are offered: the service does not support the others yet. */
export type OfferedStrategy = Exclude<StrategyType, "regime">;

export interface BacktestForm {
  name: string;
  type: OfferedStrategy;
  /** Of rebalancing: whether its target is made by an optimisation instead of weights. */
  isOptimised: boolean;
  assets: string[];
  percents: Percents;
  objective: Objective;
  measure: Measure;
  riskAversion: string;
  window: string;
  upperBoundPercent: string;
  thresholdPercent: string;
  frequency: RebalancingFrequency;
  start: string;
  end: string;
  capital: string;
  costsBasisPoints: string;
  impact: string;
  benchmark: string | null;
  riskFreePercent: string;
}

export const BEGINNING: BacktestForm = {
  name: "",
  type: "fixed_weights",
  isOptimised: false,
  assets: [],
  percents: {},
  objective: "MinRisk",
  measure: "MV",
  riskAversion: "1",
  window: "252",
  upperBoundPercent: "100",
  thresholdPercent: "5",
  frequency: "monthly",
  start: "",
  end: "",
  capital: "1,000,000",
  costsBasisPoints: "10",
  impact: "0",
  benchmark: null,
  riskFreePercent: "0",
};

/** Errors by the fields of the request, as the service names them. */
export type Errors = Record<string, string>;

const MAX_NAME_LENGTH = 200;
const MAX_COSTS_BASIS_POINTS = 5_000;
const MAX_IMPACT = 100;
const MAX_WINDOW_DAYS = 2_520;
const MAX_RISK_AVERSION = 1_000_000;
const MAX_THRESHOLD_PERCENT = 99;

export function needsWeights({ type, isOptimised }: Pick<BacktestForm, "type" | "isOptimised">): boolean {
  return type === "fixed_weights" || type === "buy_and_hold" || (type === "rebalancing" && !isOptimised);
}

/** The request that a form makes, or what is wrong with it, all at once. */
export function requestOf(form: BacktestForm): { request: BacktestRequest; errors: Errors } {
  const errors: Errors = {};
  const number = (field: string, text: string, least: number, most: number) => {
    const value = readNumber(text.replaceAll(",", ""));
    if (value === null || value < least || value > most)
      errors[field] = `Type a number from ${least} to ${most.toLocaleString("en-US")}.`;
    return value ?? 0;
  };
  const weighted = needsWeights(form);
  const problem = weighted ? weightsProblem(form.assets, form.percents) : undefined;
  if (form.assets.length === 0) errors.assets = "Choose at least one asset.";
  else if (problem) errors["strategy.parameters.weights"] = problem;
  for (const [field, day] of [
    ["start_date", form.start],
    ["end_date", form.end],
  ] as const) {
    const wrong = dateProblem(day);
    if (wrong) errors[field] = wrong;
  }
  if (form.start && form.end && !errors.start_date && !errors.end_date && form.start >= form.end)
    errors.end_date = "The last day has to be after the first.";
  if (form.name.trim().length > MAX_NAME_LENGTH) errors.name = `At most ${MAX_NAME_LENGTH} letters.`;
  const parameters = parametersOf(form, number);
  const capital = readNumber(form.capital.replaceAll(",", ""));
  if (capital === null || capital <= 0) errors.initial_capital = "Type an amount above 0.";
  const request: BacktestRequest = {
    name: form.name.trim() || null,
    strategy: {
      type: form.type,
      parameters,
      rebalancing_frequency: form.frequency,
      transaction_costs:
        number("strategy.transaction_costs", form.costsBasisPoints, 0, MAX_COSTS_BASIS_POINTS) / 10_000,
      market_impact: number("strategy.market_impact", form.impact, 0, MAX_IMPACT),
    },
    assets: form.assets,
    start_date: form.start || null,
    end_date: form.end || null,
    initial_capital: capital ?? 0,
    benchmark: form.benchmark,
    risk_free_rate: share(number("risk_free_rate", form.riskFreePercent, -100, 100)),
    ...(weighted
      ? {}
      : {
          constraints: {
            upper_bound: share(number("constraints.upper_bound", form.upperBoundPercent, 0, 100)),
          },
        }),
  };
  return { request, errors };
}

type ReadNumber = (field: string, text: string, least: number, most: number) => number;

function parametersOf(form: BacktestForm, number: ReadNumber): StrategyParameters {
  const at = (name: string) => `strategy.parameters.${name}`;
  const threshold =
    form.type === "rebalancing"
      ? { threshold: share(number(at("threshold"), form.thresholdPercent, 0, MAX_THRESHOLD_PERCENT)) }
      : {};
  if (needsWeights(form)) return { ...threshold, weights: readShares(form.assets, form.percents).shares };
  return {
    ...threshold,
    objective: form.objective,
    risk_measure: form.measure,
    window: number(at("window"), form.window, 2, MAX_WINDOW_DAYS),
    ...(form.objective === "Utility"
      ? { risk_aversion: number(at("risk_aversion"), form.riskAversion, 0, MAX_RISK_AVERSION) }
      : {}),
  };
}
