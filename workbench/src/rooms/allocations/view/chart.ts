import type { AccountRow } from "./rows";

export interface Point {
  id: string;
  name: string;
  before: number;
  after: number;
  benchmark: number | null;
  /** Distance from before to after, to the left and to the right: the line between the two marks. */
  reach: [number, number];
}

export const ROW_HEIGHT = 20;
export const AXIS_HEIGHT = 34;
const MOST_ROWS = 12;
/** Rows in sight of a chart that scrolls. */
const SCROLLED_ROWS = 10;

/** Height of the chart of so many accounts: all where they fit, else it scrolls. */
export function heightOf(accounts: number): number {
  const rows = accounts > MOST_ROWS ? SCROLLED_ROWS : Math.max(accounts, 1);
  return rows * ROW_HEIGHT + AXIS_HEIGHT;
}

/** Accounts that are in sight at this height. */
export function rowsIn(height: number): number {
  return Math.max(1, Math.floor((height - AXIS_HEIGHT) / ROW_HEIGHT));
}

/** Accounts that have the metric, the lowest before the trade first. */
export function pointsOf(rows: readonly AccountRow[]): Point[] {
  const points: Point[] = [];
  for (const { id, name, metricBefore: before, metricAfter: after, benchmark } of rows) {
    if (before === null || after === null) continue;
    points.push({
      id,
      name,
      before,
      after,
      benchmark,
      reach: [Math.max(0, before - after), Math.max(0, after - before)],
    });
  }
  return points.sort((one, other) => one.before - other.before);
}

/** Bounds of the axis: all values and lines, with a twentieth of room on each side. */
export function extentOf(points: readonly Point[], lines: readonly number[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of [
    ...lines,
    ...points.flatMap(({ before, after, benchmark }) => [before, after, benchmark ?? before]),
  ]) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const room = (high - low || 1) / 20;
  return [low - room, high + room];
}

/** Round marks within the bounds, about six. */
export function roundTicks([low, high]: [number, number]): number[] {
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((each) => each * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step);
  const marks = Math.floor(high / step) - first + 1;
  return Array.from({ length: marks }, (_, place) => Number(((first + place) * step).toPrecision(12)));
}

/** The benchmark that all accounts have in common; null where they differ, or one has none. */
export function commonBenchmark(points: readonly Point[]): number | null {
  const first = points[0]?.benchmark ?? null;
  return points.every((point) => point.benchmark === first) ? first : null;
}
