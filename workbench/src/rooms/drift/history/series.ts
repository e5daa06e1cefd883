/** What checks kept of each class, in order of time, as charts and sentences show it. */
import type { CheckKind, DriftLine, TargetDimension } from "../../../api/generated/api";
import { count, metric, points } from "../../../kit/format";
import { className, unit } from "../driftWords";

export const KINDS: Record<CheckKind, string> = {
  DAILY: "Daily",
  WEEKLY: "Weekly",
  REQUESTED: "On request",
};

/** A class at a check. */
export interface Mark {
  day: string;
  /** Its day on an axis of time. */
  at: number;
  takenAt: string;
  kind: CheckKind;
  /** What is held against the target, of metrics less the benchmark; null where unknown. */
  level: number | null;
  target: number;
  band: [number, number];
  difference: number | null;
  isOut: boolean;
}

export interface Series {
  key: string;
  name: string;
  marks: Mark[];
}

export function lineName({ dimension, class_key, benchmark }: DriftLine): string {
  return className(dimension, class_key) + (benchmark === null ? "" : " less benchmark");
}

function markOf(line: DriftLine): Mark {
  const { business_date, taken_at, kind, target, band, difference, is_out } = line;
  return {
    day: business_date,
    at: Date.parse(business_date),
    takenAt: taken_at,
    kind,
    level: difference === null ? null : target + difference,
    target,
    band: [target - band, target + band],
    difference,
    isOut: is_out,
  };
}

/** A series for each class of one dimension, in the order of the newest check. `lines` come newest first. */
export function seriesOf(lines: readonly DriftLine[]): Series[] {
  const found = new Map<string, Series>();
  for (const line of lines) {
    const name = lineName(line);
    const series = found.get(name) ?? { key: line.class_key, name, marks: [] };
    found.set(name, series);
    series.marks.push(markOf(line));
  }
  for (const { marks } of found.values())
    marks.sort((a, b) => a.at - b.at || a.takenAt.localeCompare(b.takenAt));
  return [...found.values()].filter(({ marks }) => marks.some(({ level }) => level !== null));
}

/** Dimensions and dates of lines, each once, in the order in which they come. */
export function dimensionsOf(lines: readonly DriftLine[]): TargetDimension[] {
  return [...new Set(lines.map(({ dimension }) => dimension))];
}

/** Newest first. */
export function datesOf(lines: readonly DriftLine[]): string[] {
  return [...new Set(lines.map(({ business_date }) => business_date))].sort().reverse();
}

/** At most so many days that stand on the axis, the first and the last among them. */
export function ticksOf(days: readonly number[], most = 4): number[] {
  const each = [...new Set(days)].sort((a, b) => a - b);
  if (each.length <= most) return each;
  const step = (each.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, place) => each[Math.round(place * step)] as number);
}

/** One series in sentences, for who does not see the picture. */
export function seriesWords(dimension: TargetDimension, { name, marks }: Series): string {
  const isMetric = dimension === "METRIC";
  const format = (value: number | null) => (isMetric ? metric(value) : points(value));
  const of = isMetric ? "years" : "%";
  const [first, last] = [marks[0], marks.at(-1)];
  if (!first || !last) return name;
  const levels = marks.flatMap(({ level }) => level ?? []);
  const out = marks.filter(({ isOut }) => isOut).length;
  const checks = `${count(marks.length)} ${marks.length === 1 ? "check" : "checks"}`;
  const band = format((last.band[1] - last.band[0]) / 2);
  return (
    `${name}: ${checks} from ${first.day} to ${last.day}, ` +
    `from ${format(Math.min(...levels))} to ${format(Math.max(...levels))} ${of}. ` +
    `Last ${format(last.level)} ${of} against a target of ${format(last.target)} ${of} with a band of ${band} ${unit(dimension)}. ` +
    `Out of band at ${count(out)} of ${checks}.`
  );
}

export const PERIODS = {
  "": "Last 3 months",
  year: "Last 12 months",
  all: "All dates",
  own: "Dates of my own",
} as const;

const MONTHS: Partial<Record<string, number>> = { "": 3, year: 12 };

/** The days that are asked for; periods end with the newest check. */
export function periodDates(
  { period, from, to }: Record<"period" | "from" | "to", string>,
  newest: string,
): { dateFrom?: string; dateTo?: string } {
  if (period === "own") return { dateFrom: from || undefined, dateTo: to || undefined };
  const months = MONTHS[period in PERIODS ? period : ""];
  if (months === undefined) return {};
  const [year, month, day] = newest.split("-").map(Number) as [number, number, number];
  return { dateFrom: new Date(Date.UTC(year, month - 1 - months, day)).toISOString().slice(0, 10) };
}
