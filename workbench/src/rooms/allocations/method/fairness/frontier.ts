/** The frontier between the least dispersion and what accounts are owed, in words and steps. */
import type { Balance, FrontierPoint } from "../../../../api/generated/api";
import { face, percent } from "../../../../kit/format";

const pieces = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** Greatest balance by size, in minimum pieces. */
export function piecesOf(balance: Balance | null): number {
  return Math.abs(balance?.pieces ?? 0);
}

/** The points at which the split changes: of several weights with the same split, the smallest. */
export function stepsOf(points: readonly FrontierPoint[]): FrontierPoint[] {
  return points.filter((point, at) => {
    const before = points[at - 1];
    return (
      before?.post_trade_std_dev !== point.post_trade_std_dev ||
      before.greatest_after?.quantity !== point.greatest_after?.quantity
    );
  });
}

/** The step that has the weight, or the last below it; -1 without a weight. */
export function stepOf(steps: readonly FrontierPoint[], weight: number | null | undefined): number {
  if (weight === null || weight === undefined) return -1;
  return steps.findLastIndex((step) => (step.fairness_weight ?? 0) <= weight);
}

/** The step whose dispersion is nearest to that of a point off the curve, such as the policy's. */
export function nearestStep(steps: readonly FrontierPoint[], point: FrontierPoint): number {
  const distance = (step: FrontierPoint) => Math.abs(step.post_trade_std_dev - point.post_trade_std_dev);
  return steps.reduce((best, step, at) => (distance(step) < distance(steps[best] ?? step) ? at : best), 0);
}

function balanceText(from: number, to: number): string {
  const [before, after] = [pieces.format(from), pieces.format(to)];
  if (before === after) return `the greatest balance stays at ${after} pieces`;
  return `the greatest balance ${to < from ? "falls" : "rises"} from ${before} to ${after} pieces`;
}

/** What a point costs against the least dispersion: 0.80% more dispersion; the greatest balance falls from 4.2 to 1.1 pieces. */
export function costText(point: FrontierPoint, least: FrontierPoint | undefined): string {
  const after = piecesOf(point.greatest_after);
  if (!least || point === least)
    return `The least dispersion; the greatest balance is ${pieces.format(after)} pieces.`;
  const cost =
    point.dispersion_cost === null
      ? "A cost that is not known"
      : `${percent(point.dispersion_cost)} more dispersion`;
  return `${cost}; ${balanceText(piecesOf(least.greatest_after), after)}.`;
}

/** Whose balance is the greatest, and which way. */
export function balanceOwner(balance: Balance | null): string | null {
  if (!balance || balance.quantity === 0) return null;
  const size = face(Math.round(Math.abs(balance.quantity)));
  return balance.quantity > 0
    ? `${balance.account_id} is then owed ${size} face.`
    : `${balance.account_id} has then had ${size} face too much.`;
}
