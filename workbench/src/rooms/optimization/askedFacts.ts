/** What was asked of the optimiser, as facts; what does not count for it is left out. */
import type { UsedOptimizationRequest, UsedPortfolioConstraints } from "../../api/generated/api";
import type { Fact } from "../../kit/FactStrip";
import { count, percent } from "../../kit/format";
import { hasLevel, hasRadius, hasThreshold } from "./optimizationForm";
import { COVARIANCES, FREQUENCIES } from "./portfolioWords";

/** 10.00% to 50.00%, at least 10.00%, at most 50.00%. */
function rangeWords(least: number | null, most: number | null): string {
  if (least !== null && most !== null) return `${percent(least)} to ${percent(most)}`;
  if (least !== null) return `at least ${percent(least)}`;
  return most === null ? "no limit" : `at most ${percent(most)}`;
}

function limitFacts(limits: UsedPortfolioConstraints): Fact[] {
  const groups = Object.entries(limits.group_constraints).map(([name, { min, max }]): Fact => {
    const members = limits.groups[name] ?? [];
    return [`Group ${name}`, `${rangeWords(min, max)}: ${members.join(", ")}`];
  });
  return [
    ["Each asset", rangeWords(limits.lower_bound, limits.upper_bound)],
    ...groups,
    ...(limits.target_return === null
      ? []
      : [["Least return of a year", percent(limits.target_return)] as const]),
    ...(limits.max_turnover === null ? [] : [["Most turnover", percent(limits.max_turnover)] as const]),
    ...(limits.max_assets === null ? [] : [["Most assets", count(limits.max_assets)] as const]),
    ...(limits.min_weight === 0 ? [] : [["Least of a held asset", percent(limits.min_weight)] as const]),
  ];
}

function viewWords(view: UsedOptimizationRequest["views"][number]): string {
  const [first, ...rest] = Object.entries(view.weights).map(
    ([symbol, weight]) => `${weight === 1 ? "" : `${weight} x `}${symbol}`,
  );
  return `${[first, ...rest].join(" and ")}: ${percent(view.expected_return)} a year`;
}

export function askedFacts(asked: UsedOptimizationRequest): Fact[] {
  const { constraints, risk_measure: measure } = asked;
  const held = Object.entries(asked.current_weights);
  const facts: (Fact | null)[] = [
    ["Assets", asked.assets.join(", ")],
    ["From", asked.start_date ?? "the first day"],
    ["To", asked.end_date ?? "the last day"],
    ["Returns", FREQUENCIES[asked.frequency]],
    ...(constraints ? limitFacts(constraints) : [["Limits", "none: a rule has none"] as const]),
    ["Risk-free rate", percent(asked.risk_free_rate)],
    hasLevel(measure) ? ["Confidence", percent(asked.level)] : null,
    hasThreshold(measure) ? ["Counted below a return of", percent(asked.threshold)] : null,
    hasRadius(measure) && asked.radius > 0 ? ["Radius", percent(asked.radius)] : null,
    asked.objective === "Utility" ? ["Risk aversion", `${asked.risk_aversion}`] : null,
    measure === "MV" && asked.covariance !== "sample" ? ["Covariance", COVARIANCES[asked.covariance]] : null,
    held.length > 0
      ? ["Held before", held.map(([symbol, weight]) => `${symbol} ${percent(weight)}`).join(", ")]
      : null,
    asked.transaction_cost > 0 ? ["Cost of trades", percent(asked.transaction_cost)] : null,
    asked.views.length > 0 ? ["Views", asked.views.map(viewWords).join("; ")] : null,
    asked.factors.length > 0 ? ["Factors", asked.factors.join(", ")] : null,
  ];
  return facts.filter((fact) => fact !== null);
}
