/** Sums and shares of weights, in per cent. Shares are made in steps of 0.0001 %, and sum to 100 % exactly. */
import { count, UNKNOWN } from "../../../kit/format";
import type { Amounts } from "./amounts";

const STEPS = 1_000_000;
const PER_PERCENT = STEPS / 100;
/** The service takes a sum of weights that is 1 within a millionth, which is one step. */
const TOLERANCE = 1e-4;

/** 12.5 is 12.50 %, 3.225806 is 3.225806 %. */
const format = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 6 });
export function percentText(percent: number | null | undefined): string {
  return percent === null || percent === undefined ? UNKNOWN : `${format.format(percent)} %`;
}

export function sumOf(amounts: Amounts, key = "weight"): number {
  const sum = Object.values(amounts).reduce(
    (all, row) => all + (typeof row[key] === "number" ? row[key] : 0),
    0,
  );
  return Number(sum.toFixed(8));
}

/** Per cent that the weights lack to 100; negative where they are more. */
function missingOf(amounts: Amounts): number {
  return Number((100 - sumOf(amounts)).toFixed(8));
}

/** What the sum of the weights is, and what it lacks, in words. */
export function sumText(amounts: Amounts, normalize: boolean): string {
  const named = Object.values(amounts).filter((row) => typeof row.weight === "number").length;
  if (named === 0) return "No weights yet: 100 % is to be given.";
  const sum = sumOf(amounts);
  const of = `${named} ${named === 1 ? "account" : "accounts"}`;
  if (normalize)
    return sum > 0
      ? `Sum ${format.format(sum)} over ${of}, scaled to 100 %.`
      : `The sum over ${of} is 0: at least one weight above 0 is needed.`;
  const missing = missingOf(amounts);
  if (Math.abs(missing) <= TOLERANCE) return `Sum 100 % over ${of}.`;
  return missing > 0
    ? `Sum ${percentText(sum)} over ${of}: ${percentText(missing)} missing to 100 %.`
    : `Sum ${percentText(sum)} over ${of}: ${percentText(-missing)} more than 100 %.`;
}

export function sumsToWhole(amounts: Amounts, normalize: boolean): boolean {
  return normalize ? sumOf(amounts) > 0 : Math.abs(missingOf(amounts)) <= TOLERANCE;
}

/** Weights in proportion to the bases, in steps of which the largest remainders get the last; the earlier of equals. */
export function sharesOf(bases: Readonly<Record<string, number>>): Record<string, number> {
  const entries = Object.entries(bases).filter(([, base]) => base > 0);
  const total = entries.reduce((all, [, base]) => all + base, 0);
  if (total === 0) return {};
  const exact = entries.map(([account, base]) => ({ account, steps: (base / total) * STEPS }));
  const cut = exact.map(({ account, steps }) => ({ account, whole: Math.floor(steps), rest: steps % 1 }));
  let left = STEPS - cut.reduce((all, { whole }) => all + whole, 0);
  for (const part of [...cut].sort((a, b) => b.rest - a.rest)) {
    if (left <= 0) break;
    part.whole += 1;
    left -= 1;
  }
  return Object.fromEntries(cut.map(({ account, whole }) => [account, whole / PER_PERCENT]));
}

export function equalShares(accounts: readonly string[]): Record<string, number> {
  return sharesOf(Object.fromEntries(accounts.map((account) => [account, 1])));
}

/** Weight rows of shares. */
export function weightRows(shares: Readonly<Record<string, number>>): Amounts {
  return Object.fromEntries(Object.entries(shares).map(([account, weight]) => [account, { weight }]));
}

/** What was read of a typed weight, where that may not be what was meant: below 1 %, a fraction is likely. */
export function echoOfWeight(account: string, percent: number): string | null {
  if (percent <= 0 || percent >= 1) return null;
  return `${account}: ${format.format(percent)} was read as ${percentText(percent)}. For ${percentText(percent * 100)} type ${format.format(Number((percent * 100).toFixed(8)))}.`;
}

/** How many amounts there are, and their sum, in words. */
export function amountsText(amounts: Amounts, key: string, unit: string): string {
  const named = Object.values(amounts).filter((row) => typeof row[key] === "number").length;
  if (named === 0) return "No amounts yet: at least one above 0 is needed.";
  return (
    `Sum ${count(sumOf(amounts, key))} ${unit}`.trim() +
    ` over ${named} ${named === 1 ? "account" : "accounts"}.`
  );
}
