/** Accounts before and after the trades of a proposal, as they are shown. */
import type { ProposedAccount, ProposedClass, TargetDimension } from "../../api/generated/api";
import { metric, points } from "../../kit/format";
import type { PicturedClass } from "../drift/DriftPicture";
import { className } from "../drift/driftWords";

/** A band of 0 is left with any drift. */
const NO_BAND = 1e-9;

/** How far a value is from its target, in bands, with its sign: beyond 1 it is out of band. */
export function bandsOf(
  value: number,
  { target, low, high }: Pick<ProposedClass, "target" | "low" | "high">,
) {
  const band = value >= target ? high - target : target - low;
  return (value - target) / Math.max(band, NO_BAND);
}

export function isOut(value: number, { low, high }: Pick<ProposedClass, "low" | "high">): boolean {
  return value < low || value > high;
}

/** 59.10 * → 55.00: both shares of a class; * is out of band. */
export function changeWords(of: ProposedClass): string {
  const format = of.dimension === "METRIC" ? metric : points;
  const [before, after] = [of.before, of.after].map(
    (value) => `${format(value)}${isOut(value, of) ? " *" : ""}`,
  );
  return format(of.before) === format(of.after) ? `${after}` : `${before} → ${after}`;
}

/** Dimensions in which any account has targets. */
export function dimensionsOf(accounts: readonly ProposedAccount[]): TargetDimension[] {
  return [...new Set(accounts.flatMap(({ classes }) => classes.map(({ dimension }) => dimension)))];
}

/** Names of all classes of a dimension, in the order in which they come. */
export function classesOf(accounts: readonly ProposedAccount[], dimension: TargetDimension): string[] {
  return [
    ...new Set(
      accounts.flatMap(({ classes }) =>
        classes.filter((each) => each.dimension === dimension).map(({ key }) => key),
      ),
    ),
  ];
}

/** State of an account in words: what the trades change for it. */
export function standing({ is_back_before, is_back }: ProposedAccount): string {
  if (is_back) return is_back_before ? "Within its bands, as before" : "✓ Comes back";
  return is_back_before ? "✕ Leaves its bands" : "✕ Stays out";
}

export function pictured(classes: readonly ProposedClass[]): PicturedClass[] {
  return classes.map((each) => ({
    name: className(each.dimension, each.key),
    before: each.before,
    current: each.after,
    target: each.target,
    band: [Math.max(0, each.low), each.high],
    isOut: isOut(each.after, each),
  }));
}
