/** The variants of a comparison as they are planned on the screen, and what is asked of the service. */
import type {
  AllocationMethod,
  BaseMetric,
  Comparison,
  ComparisonRequest,
  Constraints,
  FairnessMode,
  Parameters,
  PreviewRequest,
  ShownVariant,
} from "../../../api/generated/api";
import type { Draft } from "../draftSlice";
import { BASES, METHODS } from "../method/methods";
import { statedConstraints, statedParameters } from "../preview/inputsAgain";

export const MOST_VARIANTS = 10;

export interface Plan {
  /** Place of its birth, so that a row keeps its fields when others are removed. */
  key: number;
  name: string;
  method: AllocationMethod;
  parameters: Parameters;
  /** Wishes of its own, in place of those of the order. */
  constraints?: Constraints;
}

/** Parameters with a way of fairness; weights and costs of the ledger go with it. */
function fair(parameters: Parameters | undefined, fairness: FairnessMode | null): Parameters {
  const { fairness: _f, fairness_weight: _w, max_dispersion_cost: _c, ...rest } = parameters ?? {};
  return fairness === null ? rest : { ...rest, fairness };
}

function onBase(parameters: Parameters, base: BaseMetric): Parameters {
  const { base_metric, base_amounts, ...rest } = parameters;
  if (base === "NAV") return rest;
  return base === base_metric ? { ...rest, base_metric, base_amounts } : { ...rest, base_metric: base };
}

const titleOf = (method: AllocationMethod) => METHODS.find(({ value }) => value === method)?.title ?? method;

/** What is compared at first: each method by itself, custom weights where there are any, and those of the ledger. */
export function defaultPlans({ parameters }: Pick<Draft, "parameters">): Plan[] {
  const proRata = parameters.PRO_RATA ?? {};
  const custom = parameters.CUSTOM_WEIGHTS ?? {};
  const base = proRata.base_metric ?? "NAV";
  const plans: Omit<Plan, "key">[] = [
    { name: "Pro-rata", method: "PRO_RATA", parameters: fair(onBase(proRata, "NAV"), "PER_ORDER") },
    {
      name: "Min dispersion",
      method: "MIN_DISPERSION",
      parameters: fair(parameters.MIN_DISPERSION, "PER_ORDER"),
    },
    { name: "Pro-rata by ledger", method: "PRO_RATA", parameters: fair(onBase(proRata, "NAV"), "LEDGER") },
    {
      name: "Min dispersion by ledger",
      method: "MIN_DISPERSION",
      parameters: { ...parameters.MIN_DISPERSION, fairness: "LEDGER" },
    },
  ];
  if (base !== "NAV") {
    const title = BASES.find(({ value }) => value === base)?.title.toLowerCase() ?? base;
    plans.splice(1, 0, { name: `Pro-rata, ${title}`, method: "PRO_RATA", parameters: fair(proRata, null) });
  }
  if (Object.keys(custom.weights ?? {}).length > 0 || (custom.allocations?.length ?? 0) > 0)
    plans.splice(1, 0, { name: "Custom weights", method: "CUSTOM_WEIGHTS", parameters: fair(custom, null) });
  return plans.map((plan, key) => ({ ...plan, key }));
}

/** The variants of a comparison, to be compared again. */
export function plansOf({ variants, constraints }: Pick<Comparison, "variants" | "constraints">): Plan[] {
  return variants.map((variant, key) => ({
    key,
    name: variant.name,
    method: variant.allocation_method,
    parameters: statedParameters(variant),
    ...(JSON.stringify(variant.constraints) === JSON.stringify(constraints)
      ? {}
      : { constraints: statedConstraints(variant) }),
  }));
}

/** One more variant, with a name that is not taken. */
export function addedPlan(plans: readonly Plan[], method: AllocationMethod, parameters: Parameters): Plan {
  const title = titleOf(method);
  const names = new Set(plans.map(({ name }) => name));
  let name = title;
  for (let at = 2; names.has(name); at += 1) name = `${title} ${at}`;
  return { key: Math.max(-1, ...plans.map(({ key }) => key)) + 1, name, method, parameters };
}

export function withFairness(plan: Plan, fairness: FairnessMode | null): Plan {
  return { ...plan, parameters: fair(plan.parameters, fairness) };
}

/** Pro-rata by another base; the ledger steers by NAV alone. */
export function withBase(plan: Plan, base: BaseMetric, own: Parameters): Plan {
  const amounts = base === own.base_metric ? own : plan.parameters;
  const next = onBase(
    { ...plan.parameters, base_metric: amounts.base_metric, base_amounts: amounts.base_amounts },
    base,
  );
  return { ...plan, parameters: base !== "NAV" && next.fairness === "LEDGER" ? fair(next, null) : next };
}

/** What is wrong with the names, by key of the plan. */
export function nameFaults(plans: readonly Plan[]): Record<number, string> {
  return Object.fromEntries(
    plans.flatMap(({ key, name }): [number, string][] => {
      const own = name.trim();
      if (own === "") return [[key, "A name is needed."]];
      const twice = plans.some((other) => other.key !== key && other.name.trim() === own);
      return twice ? [[key, "Another variant has this name."]] : [];
    }),
  );
}

export function comparisonRequest(request: PreviewRequest, plans: readonly Plan[]): ComparisonRequest {
  return {
    order: request.order,
    portfolio_groups: request.portfolio_groups,
    ...(request.constraints ? { constraints: request.constraints } : {}),
    variants: plans.map(({ name, method, parameters, constraints }) => ({
      name: name.trim(),
      allocation_method: method,
      ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
      ...(constraints ? { constraints } : {}),
    })),
  };
}

/** Whether a comparison is of the order of the draft, so that its choice is that order's preview. */
export function isOfDraft(
  draft: Pick<
    Draft,
    "security" | "side" | "sizeKind" | "size" | "groups" | "settlementDate" | "price" | "priced"
  >,
  { order, portfolio_groups: groups }: Pick<Comparison, "order" | "portfolio_groups">,
): boolean {
  const sizes = {
    quantity:
      order.requested_notional === null && order.requested_percent_of_nav === null
        ? order.total_quantity
        : null,
    notional: order.requested_notional,
    percent_of_nav: order.requested_percent_of_nav,
  };
  const settles = draft.settlementDate ?? draft.priced?.settlement_date ?? order.settlement_date;
  return (
    settles === order.settlement_date &&
    draft.price === (order.price_source === "REQUEST" ? order.price : null) &&
    draft.security?.cusip === order.security_id &&
    draft.side === order.side &&
    draft.size !== null &&
    draft.size === sizes[draft.sizeKind] &&
    [...draft.groups].sort().join("\n") === [...groups].sort().join("\n")
  );
}

/** The smallest dispersion after the trade, of variants that measure it as this one does; failed ones do not count. */
export function leastDispersion(variants: readonly ShownVariant[], like: ShownVariant): number | null {
  const measure = (variant: ShownVariant) =>
    `${variant.parameters.target_metric} ${variant.parameters.weighting}`;
  const found = variants.flatMap((variant) =>
    variant.summary && measure(variant) === measure(like)
      ? [variant.summary.dispersion_metrics.post_trade_std_dev]
      : [],
  );
  return found.length > 0 ? Math.min(...found) : null;
}

/** How far a dispersion is above the least, as a fraction; null where that is not known. */
export function aboveLeast(after: number | null, least: number | null): number | null {
  if (after === null || least === null) return null;
  if (after === least) return 0;
  return least > 0 ? after / least - 1 : null;
}
