/** A portfolio as it is asked for on the screen, and as the service takes it. */
import type {
  CovarianceMethod,
  Measure,
  OptimizationRequest,
  PortfolioConstraints,
  PortfolioModel,
  PortfolioObjective,
  PortfolioView,
  SeriesFrequency,
} from "../../api/generated/api";
import { dateProblem } from "../../kit/dates";

export interface GroupForm {
  name: string;
  assets: string[];
  min: string;
  max: string;
}

export interface ViewForm {
  asset: string;
  /** The asset that it is expected to beat; empty for a view of its own return. */
  against: string;
  /** Per cent of a year. */
  expected: string;
}

/** Texts are as typed; rates and weights in per cent. */
export interface OptimizationForm {
  assets: string[];
  from: string;
  to: string;
  frequency: SeriesFrequency;
  model: PortfolioModel;
  measure: Measure;
  objective: PortfolioObjective;
  covariance: CovarianceMethod;
  riskFree: string;
  level: string;
  threshold: string;
  radius: string;
  aversion: string;
  lower: string;
  upper: string;
  target: string;
  most: string;
  least: string;
  groups: GroupForm[];
  held: string;
  turnover: string;
  cost: string;
  views: ViewForm[];
  factors: string[];
}

export const MAX_ASSETS = 50;
export const MAX_GROUPS = 50;
export const MAX_VIEWS = 50;
export const NO_GROUP: GroupForm = { name: "", assets: [], min: "", max: "" };
export const NO_VIEW: ViewForm = { asset: "", against: "", expected: "" };
const FRONTIER_POINTS = 20;

export const BEGINNING: OptimizationForm = {
  assets: [],
  from: "",
  to: "",
  frequency: "daily",
  model: "Classic",
  measure: "MV",
  objective: "Sharpe",
  covariance: "sample",
  riskFree: "0",
  level: "95",
  threshold: "0",
  radius: "0",
  aversion: "1",
  lower: "0",
  upper: "30",
  target: "",
  most: "",
  least: "",
  groups: [],
  held: "",
  turnover: "",
  cost: "",
  views: [],
  factors: [],
};

const NUMBER = /^[-+]?(\d+(\.\d*)?|\.\d+)$/;
const HELD_LINE = /^(\S+?)[\s,;:=]+([-+.\d]+\s*%?)$/;

export type Errors = Record<string, string | undefined>;

/** Rules give their weights without limits, by the standard deviation. */
export function isRule(objective: PortfolioObjective): boolean {
  return objective === "RiskParity" || objective === "HRP";
}

/** The measure that counts: rules and factors know the standard deviation alone. */
export function measureOf({ objective, model, measure }: OptimizationForm): Measure {
  return isRule(objective) || model === "FM" ? "MV" : measure;
}

export const hasLevel = (measure: Measure) => ["CVaR", "EVaR", "CDaR", "EDaR"].includes(measure);
export const hasThreshold = (measure: Measure) => measure === "FLPM" || measure === "SLPM";
export const hasRadius = (measure: Measure) => measure === "MV" || measure === "CVaR";

/** Reads what was typed, and notes every fault by the field of the request. */
class Reader {
  readonly errors: Errors = {};

  number(field: string, text: string, least: number, most: number, per = 1): number | null {
    const typed = text.trim().replace(/\s*%$/, "");
    if (typed === "") return null;
    const value = NUMBER.test(typed) ? Number(typed) : Number.NaN;
    if (value >= least && value <= most) return value / per;
    this.fault(field, `Type a number from ${least} to ${most}.`);
    return null;
  }

  percent(field: string, text: string, least: number, most: number): number | null {
    return this.number(field, text, least, most, 100);
  }

  fault(field: string, message: string) {
    this.errors[field] ??= message;
  }
}

/** The request that a form makes, or what is wrong with it, all at once, by the fields of the request. */
export function requestOf(form: OptimizationForm): { request: OptimizationRequest; errors: Errors } {
  const reader = new Reader();
  const { assets, model, objective } = form;
  const measure = measureOf(form);
  const rule = isRule(objective);
  if (assets.length === 0) reader.fault("assets", "Choose the assets.");
  if (assets.length > MAX_ASSETS) reader.fault("assets", `Choose at most ${MAX_ASSETS} assets.`);
  const request: OptimizationRequest = {
    assets,
    start_date: dayOf(reader, "start_date", form.from),
    end_date: dayOf(reader, "end_date", form.to),
    frequency: form.frequency,
    model,
    risk_measure: measure,
    objective,
    risk_free_rate: reader.percent("risk_free_rate", form.riskFree, -100, 100) ?? 0,
    frontier_points: rule ? 0 : FRONTIER_POINTS,
    ...measured(reader, form, measure, rule),
    ...modelled(reader, form),
    ...(rule ? {} : limited(reader, form)),
  };
  if (request.start_date && request.end_date && request.start_date > request.end_date)
    reader.fault("end_date", "The last day lies before the first one.");
  return { request, errors: reader.errors };
}

function dayOf(reader: Reader, field: string, text: string): string | null {
  const problem = dateProblem(text);
  if (problem) reader.fault(field, problem);
  return text.trim() || null;
}

/** What belongs to the measure alone: the service refuses the rest. */
function measured(
  reader: Reader,
  form: OptimizationForm,
  measure: Measure,
  rule: boolean,
): Partial<OptimizationRequest> {
  const part: Partial<OptimizationRequest> = {};
  const take = (field: "level" | "threshold" | "radius" | "risk_aversion", value: number | null) => {
    if (value !== null) part[field] = value;
  };
  if (measure === "MV") part.covariance = form.covariance;
  if (hasLevel(measure)) take("level", reader.percent("level", form.level, 50, 99.99));
  if (hasThreshold(measure)) take("threshold", reader.percent("threshold", form.threshold, -100, 100));
  if (hasRadius(measure) && !rule) take("radius", reader.percent("radius", form.radius, 0, 1000));
  if (form.objective === "Utility")
    take("risk_aversion", reader.number("risk_aversion", form.aversion, 0, 1_000_000));
  return part;
}

function modelled(reader: Reader, form: OptimizationForm): Partial<OptimizationRequest> {
  if (form.model === "FM") {
    if (form.factors.length === 0) reader.fault("factors", "Choose one factor at least.");
    const both = form.factors.filter((symbol) => form.assets.includes(symbol));
    if (both.length > 0) reader.fault("factors", `A factor cannot be an asset too: ${both.join(", ")}.`);
    return { factors: form.factors };
  }
  if (form.model === "BL") return { views: form.views.map((view, place) => viewOf(reader, view, place)) };
  return {};
}

function viewOf(reader: Reader, { asset, against, expected }: ViewForm, place: number): PortfolioView {
  const field = `views.${place}`;
  const value = reader.percent(`${field}.expected_return`, expected, -1000, 1000);
  if (asset === "") reader.fault(`${field}.weights`, "Choose the asset.");
  if (asset !== "" && asset === against) reader.fault(`${field}.weights`, "Choose two different assets.");
  if (expected.trim() === "") reader.fault(`${field}.expected_return`, "Type the expected return.");
  return {
    weights: against === "" ? { [asset]: 1 } : { [asset]: 1, [against]: -1 },
    expected_return: value ?? 0,
  };
}

function limited(reader: Reader, form: OptimizationForm): Partial<OptimizationRequest> {
  const at = (name: string) => `constraints.${name}`;
  const lower = reader.percent(at("lower_bound"), form.lower, -100, 100) ?? 0;
  const upper = reader.percent(at("upper_bound"), form.upper, 0, 1000) ?? 1;
  if (lower > upper) reader.fault(at("lower_bound"), "It is above the most of each asset.");
  const held = heldOf(reader, form.held);
  const turnover = reader.percent(at("max_turnover"), form.turnover, 0, 10_000);
  const cost = reader.percent("transaction_cost", form.cost, 0, 100) ?? 0;
  if (Object.keys(held).length === 0 && (turnover !== null || cost > 0))
    reader.fault("current_weights", "Type what is held, since turnover or costs are counted from it.");
  const most = reader.number(at("max_assets"), form.most, 1, MAX_ASSETS);
  if (most !== null && !Number.isInteger(most)) reader.fault(at("max_assets"), "Type a whole number.");
  const constraints: PortfolioConstraints = {
    lower_bound: lower,
    upper_bound: upper,
    target_return: reader.percent(at("target_return"), form.target, -1000, 1000),
    max_assets: most,
    min_weight: reader.percent(at("min_weight"), form.least, 0, 100) ?? 0,
    max_turnover: turnover,
    ...groupsOf(reader, form.groups),
  };
  return { constraints, current_weights: held, transaction_cost: cost };
}

/** Lines of an asset and its weight in per cent. */
function heldOf(reader: Reader, text: string): Record<string, number> {
  const held: Record<string, number> = {};
  for (const line of text
    .split("\n")
    .map((each) => each.trim())
    .filter(Boolean)) {
    const [, symbol, typed] = HELD_LINE.exec(line) ?? [];
    if (symbol === undefined || typed === undefined) {
      reader.fault("current_weights", `Type an asset and its weight on each line: "${line}".`);
      continue;
    }
    if (symbol in held) reader.fault("current_weights", `${symbol} is there twice.`);
    const weight = reader.percent("current_weights", typed, -1000, 1000);
    if (weight !== null) held[symbol] = weight;
  }
  return held;
}

function groupsOf(
  reader: Reader,
  groups: readonly GroupForm[],
): Pick<PortfolioConstraints, "groups" | "group_constraints"> {
  if (groups.length === 0) return {};
  const names = groups.map(({ name }) => name.trim());
  const limits = groups.map(({ assets, min, max }, place) => {
    const field = `groups.${place}`;
    if (names[place] === "") reader.fault(field, "Type a name.");
    else if (names.indexOf(names[place] as string) < place) reader.fault(field, "This name is there twice.");
    if (assets.length === 0) reader.fault(field, "Choose the assets of the group.");
    const limit = {
      min: reader.percent(field, min, -1000, 1000),
      max: reader.percent(field, max, -1000, 1000),
    };
    if (min.trim() === "" && max.trim() === "") reader.fault(field, "Type its least or its most.");
    return limit;
  });
  return {
    groups: Object.fromEntries(groups.map(({ assets }, place) => [names[place], assets])),
    group_constraints: Object.fromEntries(limits.map((limit, place) => [names[place], limit])),
  };
}
