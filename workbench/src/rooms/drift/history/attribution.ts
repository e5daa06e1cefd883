/** What moved drift, in sums and sentences. */
import type { Causes, ClassAttribution, TargetDimension } from "../../../api/generated/api";
import { points, signed } from "../../../kit/format";
import { className } from "../driftWords";

export type Cause = keyof Causes | "targets";

/** The causes in the order in which they are shown; that of targets moves drift alone, not money. */
export const CAUSES: Record<Cause, { name: string; says: string }> = {
  market: {
    name: "Market",
    says: "Prices with accrued interest, on the face that was held at the start. In points, less the class's share of what they did to NAV.",
  },
  trades: {
    name: "Trades",
    says: "Bought and sold face, at its value at the end; cash moves the other way. A bond held at one end only is all trade.",
  },
  flows: {
    name: "Flows",
    says: "Cash that trades do not explain: money that came or went, coupons, repaid principal, fees, and trades done at other prices.",
  },
  reclassified: {
    name: "Reclassified",
    says: "Bonds that went from one class to another, such as after a change of rating.",
  },
  rest: { name: "Rest", says: "Positions without a value or a face at one of the two dates." },
  targets: { name: "Targets", says: "Targets that were changed: a higher one makes drift smaller." },
};

export const MONEY_CAUSES: readonly (keyof Causes)[] = ["market", "trades", "flows", "reclassified", "rest"];
export const POINT_CAUSES = Object.keys(CAUSES) as Cause[];

/** Points that a cause moved the drift of a class by. */
export function pointsOf(found: ClassAttribution, cause: Cause): number {
  return cause === "targets" ? found.targets : found.points[cause];
}

export function moved({ drift_before, drift_after }: ClassAttribution): number {
  return drift_after - drift_before;
}

export function total<Row>(rows: readonly Row[], of: (row: Row) => number): number {
  return rows.reduce((sum, row) => sum + of(row), 0);
}

/** Less than is shown of points. */
const NOTHING = 0.005;

/** Causes that moved any class by something that is seen. */
export function causesAtWork(classes: readonly ClassAttribution[]): Cause[] {
  return POINT_CAUSES.filter((cause) => classes.some((each) => Math.abs(pointsOf(each, cause)) >= NOTHING));
}

function largest<Item>(items: readonly Item[], size: (item: Item) => number): Item | undefined {
  return [...items].sort((a, b) => Math.abs(size(b)) - Math.abs(size(a)))[0];
}

/** Which class moved most, and by what most. */
export function movedWords(dimension: TargetDimension, classes: readonly ClassAttribution[]): string {
  const most = largest(classes, moved);
  const cause = most && largest(POINT_CAUSES, (each) => pointsOf(most, each));
  if (!most || !cause || Math.abs(moved(most)) < NOTHING) return "No class moved against its target.";
  return (
    `${className(dimension, most.key)} moved most: from ${signed(points, most.drift_before)} ` +
    `to ${signed(points, most.drift_after)} points off its target. ` +
    `The largest part is ${CAUSES[cause].name.toLowerCase()}, ${signed(points, pointsOf(most, cause))} points.`
  );
}

/** The bars in words, for who does not see them. */
export function barWords(dimension: TargetDimension, classes: readonly ClassAttribution[]): string {
  const causes = causesAtWork(classes);
  const of = classes.map((each) => {
    const parts = causes.map(
      (cause) => `${CAUSES[cause].name.toLowerCase()} ${signed(points, pointsOf(each, cause))}`,
    );
    return `${className(dimension, each.key)} ${signed(points, moved(each))}${parts.length > 0 ? ` (${parts.join(", ")})` : ""}`;
  });
  return `Change of drift by class in points: ${of.join("; ")}.`;
}

/** Of a date that cannot be taken, the last one before it and the first one after it that can, of `dates` in any order. */
export function nearest(dates: readonly string[], day: string): string[] {
  const before = dates
    .filter((each) => each < day)
    .sort()
    .at(-1);
  const after = dates.filter((each) => each > day).sort()[0];
  return [before, after].filter((each) => each !== undefined);
}

export interface Offer {
  end: "first" | "last";
  day: string;
}

/** Dates to take instead of those that were refused, by the field of the request. */
export function offers(
  dates: readonly string[],
  { first, last }: { first: string; last: string },
  refused: Record<string, string>,
): Offer[] {
  const before = dates.filter((day) => !dates.includes(last) || day < last);
  const after = dates.filter((day) => !dates.includes(first) || day > first);
  return [
    ...("date_from" in refused ? nearest(before, first).map((day) => ({ end: "first" as const, day })) : []),
    ...("date_to" in refused ? nearest(after, last).map((day) => ({ end: "last" as const, day })) : []),
  ];
}
