import type { AccountAllocation, Allocation, ReasonCode, Warning } from "../../../api/generated/api";
import { count, face, UNKNOWN } from "../../../kit/format";
import { groupBy } from "../../../kit/groupBy";
import { benchmarkIn, metricIn } from "./metrics";

/** One account as the grid shows it. */
export interface AccountRow {
  id: string;
  name: string;
  quantity: number;
  notional: number;
  /** Fraction of what is allocated; null where nothing is. */
  share: number | null;
  /** Fraction of the NAV of all accounts; null where a NAV is not known. */
  navShare: number | null;
  /** share less navShare. */
  againstNav: number | null;
  cashBefore: number | null;
  cashAfter: number | null;
  metricBefore: number | null;
  metricAfter: number | null;
  /** The account's benchmark in that metric. */
  benchmark: number | null;
  owedBefore: number | null;
  owedAfter: number | null;
  reason: string;
  /** The figures behind the reason, or behind what the account gets. */
  why: string;
  /** Fixed by an edit. */
  fixed: boolean;
  /** By what the last edit changed its face; 0 where it did not. */
  moved: number;
}

const REASONS: Record<ReasonCode, string> = {
  INSUFFICIENT_CASH: "Too little cash",
  INSUFFICIENT_POSITION: "Too small a position",
  COMPLIANCE: "Barred by compliance",
  MISSING_DATA: "Data missing",
  MIN_LOT_SIZE: "Share below the minimum piece",
  ZERO_WEIGHT: "No weight",
  NOT_OPTIMAL: "Would raise the dispersion",
  ORDER_EXHAUSTED: "Nothing left of the order",
  EXCLUDED_BY_REQUEST: "Excluded by you",
  LIMITED_BY_REQUEST: "Limited by you",
  STATED_AMOUNT: "Stated amount not possible",
  NOTHING_OWED: "Nothing owed",
};

export function reasonInWords(code: ReasonCode): string {
  return REASONS[code];
}

/** A figure behind a warning: its name in words, its value as it is. */
function figure([name, value]: [string, unknown]): string {
  const text =
    typeof value === "number" ? face(value) : typeof value === "string" ? value : JSON.stringify(value);
  return `${name.replaceAll("_", " ")}: ${text}`;
}

/** The numbers behind a warning, one in a line. */
export function figuresOf(warning: Warning): string[] {
  return Object.entries(warning.details)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(figure);
}

function whyOf(account: AccountAllocation, warnings: readonly Warning[]): string {
  const lines = account.reason ? [account.reason.message] : [];
  lines.push(`could take: ${face(account.max_quantity)}`, `NAV: ${face(account.nav)}`);
  for (const warning of warnings) lines.push(warning.message, ...figuresOf(warning));
  return [...new Set(lines)].join("\n");
}

export function rowsOf(allocation: Allocation): AccountRow[] {
  const target = allocation.summary.dispersion_metrics.target_metric;
  const total = allocation.summary.total_allocated;
  const nav = sum(allocation.allocations.map((account) => account.nav));
  const moved = new Map(allocation.adjustment?.moved.map((move) => [move.account_id, move.difference]));
  const fixed = allocation.adjustment?.fixed ?? {};
  const warnings = groupBy(allocation.warnings, (warning) => warning.account_id);
  return allocation.allocations.map((account) => {
    const share = total > 0 ? account.allocated_quantity / total : null;
    const navShare = nav && account.nav !== null ? account.nav / nav : null;
    return {
      id: account.account_id,
      name: account.account_name,
      quantity: account.allocated_quantity,
      notional: account.allocated_notional,
      share,
      navShare,
      againstNav: share !== null && navShare !== null ? share - navShare : null,
      cashBefore: account.available_cash,
      cashAfter: account.post_trade_cash,
      metricBefore: metricIn(account.pre_trade_metrics, target),
      metricAfter: metricIn(account.post_trade_metrics, target),
      benchmark: benchmarkIn(account.benchmark_metrics, target),
      owedBefore: account.owed_before,
      owedAfter: account.owed_after,
      reason: account.reason ? reasonInWords(account.reason.code) : "",
      why: whyOf(account, warnings.get(account.account_id) ?? []),
      fixed: account.account_id in fixed,
      moved: moved.get(account.account_id) ?? 0,
    };
  });
}

/** The sum, or null where a part is not known: it would be too small without it. */
function sum(values: readonly (number | null)[]): number | null {
  let total = 0;
  for (const value of values) {
    if (value === null) return null;
    total += value;
  }
  return total;
}

/** The pinned row of totals. */
export function totalsOf(rows: readonly AccountRow[], allocation: Allocation): Partial<AccountRow> {
  return {
    id: "Total",
    name: `${count(rows.length)} accounts`,
    quantity: allocation.summary.total_allocated,
    notional: allocation.summary.total_notional,
    share: allocation.summary.total_allocated > 0 ? 1 : null,
    navShare: null,
    againstNav: null,
    cashBefore: sum(rows.map((row) => row.cashBefore)),
    cashAfter: sum(rows.map((row) => row.cashAfter)),
    metricBefore: null,
    metricAfter: null,
    benchmark: null,
    owedBefore: null,
    owedAfter: null,
    reason: "",
    why: "",
    fixed: false,
    moved: 0,
  };
}

/** A fraction in percentage points with its sign: 0.0321 is +3.21. */
export function points(value: number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  const text = (value * 100).toFixed(2);
  if (Number(text) === 0) return "0.00";
  return value > 0 ? `+${text}` : text;
}
