import type {
  Allocation,
  Constraints,
  Edits,
  Parameters,
  SecurityHit,
  UsedConstraints,
  UsedParameters,
} from "../../../api/generated/api";
import type { Draft } from "../draftSlice";

/** What a request means that does not say otherwise: only what differs is stated again. */
const PARAMETER_DEFAULTS: UsedParameters = {
  base_metric: "NAV",
  base_amounts: {},
  weights: {},
  normalize: false,
  redistribute: false,
  target_metric: "ACTIVE_SPREAD_DURATION",
  weighting: "EQUAL",
  solver: "EXACT",
  tolerance: 0.05,
  max_iterations: 1000,
  allocations: [],
  remainder_handling: "NONE",
  allow_partial: false,
  tiers: [],
  fairness: null,
  fairness_weight: null,
  max_dispersion_cost: null,
};

const CONSTRAINT_DEFAULTS: UsedConstraints = {
  respect_cash: true,
  min_allocation: 0,
  compliance_check: true,
  round_to_denomination: true,
  exclude_accounts: [],
  account_limits: {},
  cash_reserve: null,
  leave_tradable: true,
  round_to: null,
  round_to_above_only: false,
};

function stated<Used extends object>(used: Used, defaults: Used): Partial<Used> {
  const differs = (key: string) =>
    JSON.stringify(used[key as keyof Used]) !== JSON.stringify(defaults[key as keyof Used]);
  return Object.fromEntries(Object.entries(used).filter(([key]) => differs(key))) as Partial<Used>;
}

/** Parameters of a stored allocation that differ from what a request means that does not state them. */
export function statedParameters({ parameters }: Pick<Allocation, "parameters">): Parameters {
  return stated(parameters, PARAMETER_DEFAULTS) as Parameters;
}

/** The same of its limits and wishes. */
export function statedConstraints({ constraints }: Pick<Allocation, "constraints">): Constraints {
  return stated(constraints, CONSTRAINT_DEFAULTS) as Constraints;
}

/** The size in the unit in which it was asked for. */
function sizeOf({ order }: Allocation): Pick<Draft, "sizeKind" | "size"> {
  if (order.requested_notional !== null) return { sizeKind: "notional", size: order.requested_notional };
  if (order.requested_percent_of_nav !== null)
    return { sizeKind: "percent_of_nav", size: order.requested_percent_of_nav };
  return { sizeKind: "quantity", size: order.total_quantity };
}

/**
 * The order of a stored allocation, to be made again. A settlement date that has passed cannot be asked for again and
 * becomes the standard one. A fraction of NAV is typed in per cent.
 */
export function inputsAgain(
  allocation: Allocation,
  security: SecurityHit,
  businessDate: string | null,
): Partial<Draft> {
  const { order, allocation_method: method } = allocation;
  const { sizeKind, size } = sizeOf(allocation);
  const typed = sizeKind === "percent_of_nav" && size !== null ? Number((size * 100).toPrecision(12)) : size;
  const current = businessDate !== null && order.settlement_date >= businessDate;
  return {
    security,
    side: order.side,
    sizeKind,
    size,
    sizeText: String(typed),
    settlementDate: current ? order.settlement_date : null,
    ...(order.price_source === "REQUEST" ? { price: order.price, priceText: String(order.price) } : {}),
    groups: allocation.portfolio_groups,
    method,
    parameters: { [method]: statedParameters(allocation) },
    constraints: withEdits(statedConstraints(allocation), allocation.adjustment?.fixed ?? {}),
  };
}

/** What edits had fixed, as limits of single accounts, which mean the same. */
function withEdits(constraints: Constraints, fixed: Edits): Constraints {
  const limits = Object.entries(fixed).map(([account, face]) => [account, { fixed: face }] as const);
  if (limits.length === 0) return constraints;
  return {
    ...constraints,
    account_limits: { ...constraints.account_limits, ...Object.fromEntries(limits) },
  };
}
