/** The weights of a portfolio as targets of a group or an account: shares of NAV beside its cash. */
import type { ClassTarget, OptimizedPortfolio, TargetDimension } from "../../api/generated/api";
import { percent } from "../../kit/format";
import { type Content, EMPTY } from "../drift/targetForm";
import { askedWords } from "./portfolioWords";
import type { Weights } from "./weightRows";

/** What the symbols of a portfolio can be classes of, with what they have to be. */
export const KINDS = {
  SECURITY: { name: "Securities", hint: "Each symbol is the CUSIP or ISIN of a security." },
  SECTOR: { name: "Sectors", hint: "Each symbol is the name of a sector, as the security master has it." },
  ASSET_CLASS: { name: "Asset classes", hint: "Each symbol is an asset class, such as bonds." },
  RATING: { name: "Ratings", hint: "Each symbol is a rating from AAA to D." },
  COUNTRY: { name: "Countries", hint: "Each symbol is a country, such as US." },
} as const satisfies Partial<Record<TargetDimension, { name: string; hint: string }>>;
export type Kind = keyof typeof KINDS;

/** Targets are stated to ten-thousandths of a per cent. */
const UNITS = 10_000;
const CASH = "cash";
const MAX_RELATIVE = 1000;

/** Texts are as typed, in per cent and points. */
export interface TargetTexts {
  cash: string;
  points: string;
  relative: string;
}

export const BEGINNING: TargetTexts = { cash: "0", points: "", relative: "" };

/** Parts of a whole number that add up to it, each as near to its weight as whole numbers are (largest remainder). */
export function parts(weights: readonly number[], whole: number): number[] {
  const sum = weights.reduce((total, each) => total + each, 0);
  const exact = weights.map((each) => (each / sum) * whole);
  const found = exact.map(Math.floor);
  const left = whole - found.reduce((total, each) => total + each, 0);
  const rest = (place: number) => (exact[place] ?? 0) - (found[place] ?? 0);
  const order = [...found.keys()].sort((one, other) => rest(other) - rest(one) || one - other);
  for (const place of order.slice(0, left)) found[place] = (found[place] ?? 0) + 1;
  return found;
}

function numberOf(text: string, most: number): number | null | undefined {
  const typed = text.trim().replace(/\s*%$/, "");
  if (typed === "") return null;
  const value = Number(typed);
  return value >= 0 && value <= most ? value : undefined;
}

/** What is wrong with what was typed, by field. */
export function textFaults({
  cash,
  points,
  relative,
}: TargetTexts): Partial<Record<keyof TargetTexts, string>> {
  const share = numberOf(cash, 100);
  return {
    ...((share === undefined || share === 100) && { cash: "Type a number from 0 to less than 100." }),
    ...(numberOf(points, 100) === undefined && { points: "Type a number from 0 to 100." }),
    ...(numberOf(relative, MAX_RELATIVE) === undefined && {
      relative: `Type a number from 0 to ${MAX_RELATIVE}.`,
    }),
  };
}

/** Weights, scaled to what cash leaves, as what a version of targets says; it adds up to 100 exactly. */
export function contentOf(weights: Weights, texts: TargetTexts): Content {
  const bands = {
    band_absolute: numberOf(texts.points, 100) ?? null,
    band_relative: numberOf(texts.relative, MAX_RELATIVE) ?? null,
  };
  const names = Object.keys(weights);
  const cash = Math.round((numberOf(texts.cash, 100) ?? 0) * UNITS);
  const shares = parts(Object.values(weights), 100 * UNITS - cash);
  const targets: ClassTarget[] = names.map((key, place) => ({
    key,
    target_percent: (shares[place] ?? 0) / UNITS,
    ...bands,
  }));
  if (cash > 0) targets.push({ key: CASH, target_percent: cash / UNITS, ...bands });
  return { ...EMPTY, targets };
}

/** Why these weights cannot be targets at all. */
export function blockedWords(weights: Weights): string | null {
  const short = Object.entries(weights).filter(([, weight]) => weight < 0);
  if (short.length === 0) return null;
  const names = short.map(([symbol, weight]) => `${symbol} ${percent(weight)}`).join(", ");
  return `Targets are shares of NAV from 0 % up, so short positions cannot be saved: ${names}.`;
}

/** What colleagues and examiners read of where the targets come from. */
export function originWords(portfolio: OptimizedPortfolio, point: { return: number } | null): string {
  const chosen = point ? `, point of the frontier with a return of ${percent(point.return)}` : "";
  return `${askedWords(portfolio)}${chosen}, portfolio ${portfolio.portfolio_id}`;
}
