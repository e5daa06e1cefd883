/** What a grid of backtests tries, as it is typed, and as the service takes it. */
import type {
  BacktestGridParameters,
  BacktestGridRequest,
  BacktestRequest,
  RebalancingFrequency,
} from "../../api/generated/api";
import { type BacktestForm, type Errors, MIN_WINDOW_DAYS, needsWeights } from "./backtestForm";

/** The service runs no more of them. */
export const MAX_TRIALS = 64;

const MAX_VALUES = 16;

export interface GridForm {
  windows: string;
  upperBoundsPercent: string;
  thresholdsPercent: string;
  riskAversions: string;
  radii: string;
  frequencies: RebalancingFrequency[];
}

export const NOTHING_TRIED: GridForm = {
  windows: "",
  upperBoundsPercent: "",
  thresholdsPercent: "",
  riskAversions: "",
  radii: "",
  frequencies: [],
};

type TextField = Exclude<keyof GridForm, "frequencies">;

interface Tried {
  field: TextField;
  parameter: Exclude<keyof BacktestGridParameters, "rebalancing_frequency">;
  label: string;
  hint: string;
  /** What the service takes for 1 as it is typed. */
  unit: number;
}

const WINDOWS: Tried = {
  field: "windows",
  parameter: "window",
  label: "Windows, days",
  hint: "For example 126, 252",
  unit: 1,
};
const UPPER_BOUNDS: Tried = {
  field: "upperBoundsPercent",
  parameter: "upper_bound",
  label: "Most weights of an asset, %",
  hint: "For example 40, 60, 100",
  unit: 0.01,
};
const THRESHOLDS: Tried = {
  field: "thresholdsPercent",
  parameter: "threshold",
  label: "Thresholds, points of weight",
  hint: "For example 2, 5, 10",
  unit: 0.01,
};
const RISK_AVERSIONS: Tried = {
  field: "riskAversions",
  parameter: "risk_aversion",
  label: "Weights of the risk",
  hint: "For example 1, 5, 10",
  unit: 1,
};
const RADII: Tried = {
  field: "radii",
  parameter: "radius",
  label: "Radii of the robust form, a day",
  hint: "For example 0, 0.001",
  unit: 1,
};

/** What can be tried of a strategy: other parameters would change nothing. */
export function triedOf(form: Pick<BacktestForm, "type" | "isOptimised" | "objective" | "measure">): Tried[] {
  const found = form.type === "rebalancing" ? [THRESHOLDS] : [];
  if (needsWeights(form)) return found;
  return [
    ...found,
    WINDOWS,
    UPPER_BOUNDS,
    ...(form.objective === "Utility" ? [RISK_AVERSIONS] : []),
    ...(form.measure === "MV" || form.measure === "CVaR" ? [RADII] : []),
  ];
}

/** The form of a grid that was run before, to run it again. */
export function gridFormOf(grid: BacktestGridParameters): GridForm {
  const of = ({ parameter, unit }: Tried) =>
    (grid[parameter] ?? []).map((value) => Number((value / unit).toPrecision(12))).join(", ");
  return {
    windows: of(WINDOWS),
    upperBoundsPercent: of(UPPER_BOUNDS),
    thresholdsPercent: of(THRESHOLDS),
    riskAversions: of(RISK_AVERSIONS),
    radii: of(RADII),
    frequencies: grid.rebalancing_frequency ?? [],
  };
}

/** Numbers separated by commas or blanks, each once; null where one is none. */
function numbersOf(text: string): number[] | null {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  const numbers = words.map(Number);
  return numbers.every(Number.isFinite) ? [...new Set(numbers)] : null;
}

/** What is tried, how many backtests that makes, and what is wrong with it. */
export function parametersOf(tried: GridForm, form: BacktestForm) {
  const errors: Errors = {};
  const grid: BacktestGridParameters = {};
  let trials = 1;
  for (const { field, parameter, unit } of triedOf(form)) {
    const numbers = numbersOf(tried[field]);
    if (numbers === null) errors[`grid.${parameter}`] = "Type numbers, separated by commas.";
    else if (numbers.length > MAX_VALUES) errors[`grid.${parameter}`] = `At most ${MAX_VALUES} values.`;
    else if (numbers.length > 0) {
      grid[parameter] = numbers.map((value) => Number((value * unit).toPrecision(12)));
      trials *= numbers.length;
    }
  }
  if (form.type !== "buy_and_hold" && tried.frequencies.length > 0) {
    grid.rebalancing_frequency = tried.frequencies;
    trials *= tried.frequencies.length;
  }
  if (Object.keys(errors).length === 0 && (trials < 2 || trials > MAX_TRIALS))
    errors.grid =
      trials < 2
        ? "Try two values of something at least."
        : `These are ${trials} backtests; ${MAX_TRIALS} are run at most.`;
  return { grid, trials, errors };
}

/** The request of a grid: an optimisation begins with the shortest window that is tried, if it is short. */
export function gridRequest(base: BacktestRequest, grid: BacktestGridParameters): BacktestGridRequest {
  const { strategy } = base;
  const least = Math.min(strategy.parameters?.min_window ?? MIN_WINDOW_DAYS, ...(grid.window ?? []));
  if (!grid.window || least >= (strategy.parameters?.min_window ?? MIN_WINDOW_DAYS)) return { base, grid };
  const parameters = { ...strategy.parameters, min_window: least };
  return { base: { ...base, strategy: { ...strategy, parameters } }, grid };
}
