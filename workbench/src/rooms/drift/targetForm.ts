/** Target sets as the editor types them, and as the service takes and gives them. */
import type {
  ClassTarget,
  MetricTarget,
  RiskMetric,
  StateTargets,
  TargetDimension,
  TargetVersion,
} from "../../api/generated/api";
import { words } from "../../kit/format";
import type { TermChange } from "../../kit/versions";
import type { AmountColumn, Amounts } from "../allocations/method/amounts";
import type { KnownAccount, Subject } from "../allocations/method/pasted";
import { percentText, sumOf } from "../allocations/method/weights";
import { className } from "./driftWords";

/** What a version says. */
export type Content = Required<Pick<StateTargets, "targets" | "metric_targets" | "bucket_edges">>;

export const DEFAULT_EDGES = [1, 3, 5, 7, 10];
/** Band in points where none is stated. */
const DEFAULT_BAND = 5;
const MAX_RELATIVE = 1000;
/** Most characters of a comment on targets. */
export const MAX_COMMENT = 500;

export const CLASS_COLUMNS: AmountColumn[] = [
  { key: "target", header: "Target %", kind: "percent", needed: true, most: 100 },
  {
    key: "points",
    header: "Band, points",
    kind: "parts",
    hint: `Drift that is left alone, in points. Without any band it is ${DEFAULT_BAND} points; of both bands the narrower one holds.`,
  },
  {
    key: "relative",
    header: "Band, % of target",
    kind: "percent",
    most: MAX_RELATIVE,
    hint: "The same in per cent of the target.",
  },
];
export const METRIC_COLUMNS: AmountColumn[] = [
  { key: "target", header: "Target, years", kind: "years", needed: true },
  { key: "points", header: "Band, years", kind: "parts", hint: "Distance that is left alone, in years." },
];

/** Metrics as rows: the metric, or the metric less that of the benchmark. */
const METRICS: Record<string, Pick<MetricTarget, "metric" | "relative_to">> = Object.fromEntries(
  (["DURATION", "SPREAD_DURATION"] as RiskMetric[]).flatMap((metric) => [
    [words(metric), { metric, relative_to: null }],
    [`${words(metric)} less benchmark`, { metric, relative_to: "BENCHMARK" as const }],
  ]),
);

const CLASSES: Partial<Record<TargetDimension, readonly string[]>> = {
  ASSET_CLASS: ["stocks", "etfs", "commodities", "crypto", "futures", "bonds"],
  RATING: ["AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", "D"],
};
/** Dimensions whose classes are typed: the desk names them itself, or there are too many for a list. */
const NAMED: readonly TargetDimension[] = ["ASSET_CLASS", "SECTOR", "COUNTRY", "SECURITY"];

export function mayName(dimension: TargetDimension): boolean {
  return NAMED.includes(dimension);
}

/** 0-1, 1-3, 10+: the classes between edges. */
export function bucketNames(edges: readonly number[]): string[] {
  const low = [0, ...edges];
  return low.map((from, place) => (edges[place] === undefined ? `${from}+` : `${from}-${edges[place]}`));
}

/** The classes that have a row: those of the dimension, those that are stated, and cash at the end. */
export function classRows(
  dimension: TargetDimension,
  edges: readonly number[],
  amounts: Amounts,
): KnownAccount[] {
  const known =
    dimension === "METRIC"
      ? Object.keys(METRICS)
      : dimension === "DURATION_BUCKET"
        ? bucketNames(edges)
        : (CLASSES[dimension] ?? []);
  const stated = Object.keys(amounts).filter((key) => key !== "cash");
  const names = [...new Set([...known, ...stated]), ...(dimension === "METRIC" ? [] : ["cash"])];
  return names.map((key) => ({
    account_id: key,
    account_name: dimension === "METRIC" ? key : className(dimension, key),
  }));
}

export function subjectOf(dimension: TargetDimension): Subject {
  const isMetric = dimension === "METRIC";
  return {
    one: isMetric ? "metric" : "class",
    many: isMetric ? "metrics" : "classes",
    unknown: (text) =>
      mayName(dimension) ? null : `"${text}" is no ${isMetric ? "metric" : "class"} of this list.`,
    headings: ["class", "asset class", "sector", "rating", "country", "security", "bucket", "metric", "name"],
    example: isMetric ? "Duration less benchmark\t0\t0.25" : "bonds\t97\t2\ncash\t3\t\t50",
  };
}

/** The edges that were typed; null where they are no rising numbers above 0. */
export function readEdges(text: string): number[] | null {
  const edges = text
    .split(/[\s,;]+/)
    .filter((part) => part !== "")
    .map(Number);
  const rising = edges.every((edge, place) => edge > (edges[place - 1] ?? 0));
  return edges.length > 0 && rising ? edges : null;
}

function row(target: number, points?: number | null, relative?: number | null) {
  return {
    target,
    ...(typeof points === "number" && { points }),
    ...(typeof relative === "number" && { relative }),
  };
}

export function amountsOf(content: Content): Amounts {
  return Object.fromEntries([
    ...content.targets.map((each) => [
      each.key,
      row(each.target_percent, each.band_absolute, each.band_relative),
    ]),
    ...content.metric_targets.map((each) => [metricName(each), row(each.target, each.band_absolute)]),
  ]);
}

function metricName({ metric, relative_to }: Pick<MetricTarget, "metric" | "relative_to">): string {
  return `${words(metric)}${relative_to ? " less benchmark" : ""}`;
}

/** What the grid says, in the order of its rows. A row without a target says nothing. */
export function contentOf(dimension: TargetDimension, amounts: Amounts, edges: readonly number[]): Content {
  const rows = classRows(dimension, edges, amounts).flatMap(({ account_id: key }) => {
    const { target, points, relative } = amounts[key] ?? {};
    return typeof target === "number" ? [{ key, target, points, relative }] : [];
  });
  const number = (value: unknown) => (typeof value === "number" ? value : null);
  const targets: ClassTarget[] = [];
  const metricTargets: MetricTarget[] = [];
  for (const { key, target, points, relative } of rows) {
    const metric = METRICS[key];
    if (dimension === "METRIC") {
      if (metric) metricTargets.push({ ...metric, target, band_absolute: number(points) ?? 0 });
    } else
      targets.push({
        key,
        target_percent: target,
        band_absolute: number(points),
        band_relative: number(relative),
      });
  }
  const bucketEdges = dimension === "DURATION_BUCKET" ? [...edges] : [];
  return { targets, metric_targets: metricTargets, bucket_edges: bucketEdges };
}

/** The sum of the targets and what it lacks to 100, in words; of metrics, how many there are. */
export function sumWords(dimension: TargetDimension, amounts: Amounts): { words: string; isGood: boolean } {
  const number = Object.values(amounts).filter(({ target }) => typeof target === "number").length;
  if (number === 0) return { words: "No targets yet: at least one is needed.", isGood: false };
  if (dimension === "METRIC")
    return { words: `${number} ${number === 1 ? "metric" : "metrics"}.`, isGood: true };
  const of = `${number} ${number === 1 ? "class" : "classes"}`;
  const sum = sumOf(amounts, "target");
  const missing = Number((100 - sum).toFixed(8));
  if (missing === 0) return { words: `Sum 100 % over ${of}.`, isGood: true };
  const how = missing > 0 ? "missing to" : "more than";
  return {
    words: `Sum ${percentText(sum)} over ${of}: ${percentText(Math.abs(missing))} ${how} 100 %.`,
    isGood: false,
  };
}

function bandWords(points: number | null | undefined, relative: number | null | undefined): string {
  const bands = [
    ...(typeof points === "number" ? [`${points} points`] : []),
    ...(typeof relative === "number" ? [`${relative} % of the target`] : []),
  ];
  if (bands.length === 0) return `band ${DEFAULT_BAND} points`;
  return `band ${bands.join(" or ")}${bands.length > 1 ? ", the narrower" : ""}`;
}

/** What a version says of each class. */
function terms(dimension: TargetDimension, content: Content): Map<string, string> {
  const edges = content.bucket_edges;
  return new Map([
    ...content.targets.map((each): [string, string] => [
      className(dimension, each.key),
      `${percentText(each.target_percent)}, ${bandWords(each.band_absolute, each.band_relative)}`,
    ]),
    ...content.metric_targets.map((each): [string, string] => [
      metricName(each),
      `${each.target} years, band ${each.band_absolute} years`,
    ]),
    ...(edges.length > 0 ? [[EDGES, edges.join(", ")] as [string, string]] : []),
  ]);
}

const EDGES = "Edges in years";
const NONE = "No target";
export const EMPTY: Content = { targets: [], metric_targets: [], bucket_edges: [] };

/** What another version changes, class by class. */
export function targetChanges(
  dimension: TargetDimension,
  before: Content | TargetVersion | null,
  after: Content | TargetVersion,
): TermChange[] {
  const old = terms(dimension, before ?? EMPTY);
  const now = terms(dimension, after);
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((name) => {
    const none = name === EDGES ? "Not stated" : NONE;
    const change = { name, before: old.get(name) ?? none, after: now.get(name) ?? none };
    return change.before === change.after ? [] : [change];
  });
}

const FIELDS: Record<string, string> = {
  key: "class",
  metric: "metric",
  relative_to: "benchmark",
  target_percent: "target",
  target: "target",
  band_absolute: "band",
  band_relative: "band in % of the target",
};

/** Errors of the rows by the names that are on the screen: targets.0.key is the class of the first row. */
export function rowFaults(errors: Readonly<Record<string, string>>, content: Content): string[] {
  return Object.entries(errors).flatMap(([path, message]) => {
    const [list, place, field] = path.split(".");
    if (list !== "targets" && list !== "metric_targets") return [];
    if (place === undefined) return [message];
    const target = content.targets[Number(place)];
    const metric = content.metric_targets[Number(place)];
    const name = target ? target.key : metric ? metricName(metric) : place;
    return [`${name}${field ? `, ${FIELDS[field] ?? field}` : ""}: ${message}`];
  });
}

/** Bonds 97.00 %, Cash 3.00 %: what a version aims at, without its bands. */
export function contentWords(dimension: TargetDimension, content: Content): string {
  return [
    ...content.targets.map((each) => `${className(dimension, each.key)} ${percentText(each.target_percent)}`),
    ...content.metric_targets.map((each) => `${metricName(each)} ${each.target} years`),
  ].join(", ");
}
