import type { AccountAllocation, Allocation, Warning } from "../../../api/generated/api";

/** An allocation for tests, with round numbers. */

const METRICS = {
  active_spread_duration: null,
  contribution_to_duration: null,
  spread_duration: null,
  duration: null,
  oas: null,
  dts: null,
};

export function sampleAccount(id: string, given: Partial<AccountAllocation> = {}): AccountAllocation {
  return {
    account_id: id,
    account_name: `Plan ${id}`,
    allocated_quantity: 0,
    allocated_notional: 0,
    available_cash: 1_000_000,
    post_trade_cash: 1_000_000,
    pre_trade_metrics: METRICS,
    post_trade_metrics: METRICS,
    accrued_interest: 0,
    settlement_amount: 0,
    max_quantity: 0,
    nav: 100_000_000,
    reason: null,
    entitlement_weight: null,
    requested_type: null,
    requested_value: null,
    requested_quantity: null,
    allocation_source: null,
    owed_before: null,
    owed_after: null,
    fairness_weight: null,
    benchmark_metrics: { spread_duration: null, duration: null, oas: null },
    ...given,
  };
}

export function sampleWarning(id: string, given: Partial<Warning> = {}): Warning {
  return {
    type: "INSUFFICIENT_CASH",
    warning_id: id,
    account_id: "A",
    message: `Message of ${id}`,
    details: {},
    ...given,
  };
}

const SUMMARY: Allocation["summary"] = {
  total_allocated: 8_000_000,
  unallocated: 0,
  allocation_rate: 1,
  accounts_allocated: 2,
  accounts_skipped: 1,
  dispersion_metrics: {
    pre_trade_std_dev: 0.2586,
    post_trade_std_dev: 0.1973,
    improvement: 0.237,
    max_deviation: 0.3,
    min_deviation: 0.1,
    target_value: 5.1,
    within_tolerance: false,
    target_metric: "ACTIVE_SPREAD_DURATION",
    weighting: "EQUAL",
  },
  total_notional: 7_880_000,
  total_settlement_amount: 7_900_000.25,
  optimality: null,
  direct_allocations: null,
  remainder_allocations: null,
  allocation_breakdown: null,
  fairness: null,
};

const PARAMETERS: Allocation["parameters"] = {
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

const CONSTRAINTS: Allocation["constraints"] = {
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

export function sampleAllocation(
  given: Partial<Allocation> = {},
  summary: Partial<Allocation["summary"]> = {},
): Allocation {
  return {
    allocation_id: "preview-1",
    timestamp: "2026-11-30T15:00:00Z",
    order: {
      security_id: "912828AA1",
      side: "BUY",
      total_quantity: 8_000_000,
      settlement_date: "2026-12-01",
      price: 98.5,
      accrued: 0.25,
      price_source: "ALADDIN",
      requested_notional: null,
      requested_percent_of_nav: null,
    },
    allocations: [],
    summary: { ...SUMMARY, ...summary },
    warnings: [],
    errors: [],
    status: "PREVIEWED",
    expires_at: "2026-11-30T15:15:00Z",
    created_by: "pm",
    allocation_method: "MIN_DISPERSION",
    portfolio_groups: ["CORE"],
    parameters: PARAMETERS,
    constraints: CONSTRAINTS,
    commit: null,
    evidence_breaks: [],
    fairness_policy_id: null,
    comparison: null,
    adjustment: null,
    approval: null,
    settlement: null,
    blotter: null,
    ...given,
  };
}
