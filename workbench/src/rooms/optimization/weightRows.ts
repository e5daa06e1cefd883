/** Weights of a portfolio by asset, with what they contribute to its risk. */
import type { OptimizedPortfolio, RiskAnswer } from "../../api/generated/api";
import { percent } from "../../kit/format";
import { isHeld } from "./portfolioWords";

export type Weights = Readonly<Record<string, number>>;

export interface WeightRow {
  symbol: string;
  weight: number;
  /** Of the point of the frontier that is chosen; undefined while none is. */
  chosen: number | undefined;
  /** Expected return of a year, as it was taken. */
  expected: number | undefined;
  /** Shares of the volatility and of the mean loss of the worst periods; null where they are not known. */
  volatility: number | null;
  tail: number | null;
}

/** By asset, the heaviest first; risk is that of the weights which are shown. */
export function weightRows(
  { weights, expected_returns }: Pick<OptimizedPortfolio, "weights" | "expected_returns">,
  chosen: Weights | null,
  risk: RiskAnswer | undefined,
): WeightRow[] {
  const volatility = sharesOf(risk, "volatility");
  const tail = sharesOf(risk, "CVaR");
  return Object.entries(weights)
    .map(([symbol, weight]) => ({
      symbol,
      weight,
      chosen: chosen ? (chosen[symbol] ?? 0) : undefined,
      expected: expected_returns[symbol],
      volatility: volatility.get(symbol) ?? null,
      tail: tail.get(symbol) ?? null,
    }))
    .sort((one, other) => other.weight - one.weight || one.symbol.localeCompare(other.symbol));
}

function sharesOf(risk: RiskAnswer | undefined, measure: "volatility" | "CVaR"): Map<string, number> {
  const parts = risk?.contributions.find((each) => each.measure === measure)?.assets ?? [];
  return new Map(parts.map(({ symbol, share }) => [symbol, share]));
}

/** What the bars show, for who does not see them. */
export function weightWords(rows: readonly WeightRow[]): string {
  const held = rows.filter(({ weight }) => isHeld(weight));
  const words = held.map(({ symbol, weight }) => `${symbol} ${percent(weight)}`);
  return `Weights: ${words.join(", ") || "none"}.`;
}
