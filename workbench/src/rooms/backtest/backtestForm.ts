/** A backtest as it is asked for on the screen, and as the service takes it. */
import type {
  BacktestRequest,
  Measure,
  Objective,
  RebalancingFrequency,
  ShownBacktestRequest,
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

const MAX_NAME_LENGTH = 100;
/** Returns without which an optimisation does not begin, unless its window is shorter. */
export const MIN_WINDOW_DAYS = 60;
const MAX_COSTS_BASIS_POINTS = 5_000;
const MAX_IMPACT = 100;
const MAX_WINDOW_DAYS = 2_520;
const MAX_RISK_AVERSION = 1_000_000;
const MAX_THRESHOLD_PERCENT = 99;

export function needsWeights({ type, isOptimised }: Pick<BacktestForm, "type" | "isOptimised">): boolean {
  return type === "fixed_weights" || type === "buy_and_hold" || (type === "rebalancing" && !isOptimised);
}

/** A number as it is typed, without what binary fractions add. */
const typed = (value: number) => String(Number(value.toPrecision(12)));

/** The form of a backtest that was run before, to run it again. */
export function formOf(request: ShownBacktestRequest): BacktestForm {
  const { strategy, constraints } = request;
  const { parameters } = strategy;
  const { type } = strategy;
  return {
    name: request.name ?? "",
    type: type === "regime" ? BEGINNING.type : type,
    isOptimised: parameters.weights === null,
    assets: request.assets,
    percents: Object.fromEntries(
      Object.entries(parameters.weights ?? {}).map(([asset, weight]) => [asset, typed(weight * 100)]),
    ),
    objective: parameters.objective,
    measure: parameters.risk_measure,
    riskAversion: typed(parameters.risk_aversion),
    window: typed(parameters.window),
    upperBoundPercent: typed(constraints.upper_bound * 100),
    thresholdPercent: typed(parameters.threshold * 100),
    frequency: strategy.rebalancing_frequency,
    start: request.start_date ?? "",
    end: request.end_date ?? "",
    capital: request.initial_capital.toLocaleString("en-US", { maximumFractionDigits: 2 }),
    costsBasisPoints: typed(strategy.transaction_costs * 10_000),
    impact: typed(strategy.market_impact),
    benchmark: request.benchmark,
    riskFreePercent: typed(request.risk_free_rate * 100),
  };
}

/** Terms of a request that the form has no field for, and that are sent as they were. */
interface Kept {
  parameters: StrategyParameters;
  constraints: NonNullable<BacktestRequest["constraints"]>;
  periodsPerYear: number | null;
}

const NOTHING_KEPT: Kept = { parameters: {}, constraints: {}, periodsPerYear: null };

export function keptOf({ strategy, constraints, periods_per_year }: ShownBacktestRequest): Kept {
  const { min_window, target_return, confidence, radius, minimum_acceptable_return } = strategy.parameters;
  const { lower_bound, groups, group_constraints, max_turnover } = constraints;
  return {
    parameters: { min_window, target_return, confidence, radius, minimum_acceptable_return },
    constraints: { lower_bound, groups, group_constraints, max_turnover },
    periodsPerYear: periods_per_year,
  };
}

/** Names of what is kept, but for what is as the service has it by default. */
export function keptWords({ parameters, constraints, periodsPerYear }: Kept): string[] {
  const { min_window, target_return, confidence, radius, minimum_acceptable_return } = parameters;
  const named: [boolean, string][] = [
    [(min_window ?? MIN_WINDOW_DAYS) !== MIN_WINDOW_DAYS, "least window"],
    [(target_return ?? null) !== null, "least expected return"],
    [(confidence ?? 0.95) !== 0.95, "confidence"],
    [(radius ?? 0) !== 0, "radius"],
    [(minimum_acceptable_return ?? 0) !== 0, "minimum acceptable return"],
    [(constraints.lower_bound ?? 0) !== 0, "least weight of an asset"],
    [Object.keys(constraints.group_constraints ?? {}).length > 0, "limits of groups"],
    [(constraints.max_turnover ?? null) !== null, "most turnover"],
    [periodsPerYear !== null, "trading days of a year"],
  ];
  return named.filter(([is]) => is).map(([, name]) => name);
}

/** The request that a form makes, or what is wrong with it, all at once. */
export function requestOf(
  form: BacktestForm,
  kept = NOTHING_KEPT,
): { request: BacktestRequest; errors: Errors } {
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
  const parameters = parametersOf(form, number, kept);
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
    ...(kept.periodsPerYear === null ? {} : { periods_per_year: kept.periodsPerYear }),
    ...(weighted
      ? {}
      : {
          constraints: {
            ...kept.constraints,
            upper_bound: share(number("constraints.upper_bound", form.upperBoundPercent, 0, 100)),
          },
        }),
  };
  return { request, errors };
}

type ReadNumber = (field: string, text: string, least: number, most: number) => number;

function parametersOf(form: BacktestForm, number: ReadNumber, kept: Kept): StrategyParameters {
  const at = (name: string) => `strategy.parameters.${name}`;
  const threshold =
    form.type === "rebalancing"
      ? { threshold: share(number(at("threshold"), form.thresholdPercent, 0, MAX_THRESHOLD_PERCENT)) }
      : {};
  if (needsWeights(form)) return { ...threshold, weights: readShares(form.assets, form.percents).shares };
  const window = number(at("window"), form.window, 2, MAX_WINDOW_DAYS);
  const least = kept.parameters.min_window ?? MIN_WINDOW_DAYS;
  return {
    ...threshold,
    ...kept.parameters,
    objective: form.objective,
    risk_measure: form.measure,
    window,
    ...(window < least ? { min_window: window } : {}),
    ...(form.objective === "Utility"
      ? { risk_aversion: number(at("risk_aversion"), form.riskAversion, 0, MAX_RISK_AVERSION) }
      : {}),
  };
}
