/** The wishes of an order in words, and what is wrong with them before the service sees them. */
import type { AccountLimit, Constraints, Exclusion, Side } from "../../../../api/generated/api";
import { face, money } from "../../../../kit/format";
import type { Amounts } from "../amounts";
import { toPercent } from "../numbers";

/** 1 account, 2 accounts. */
export const accountsText = (n: number) => `${n} ${n === 1 ? "account" : "accounts"}`;

function reserveText({ cash_reserve: reserve }: Constraints): string | null {
  if (!reserve) return null;
  if (typeof reserve.percent_of_nav === "number")
    return `${toPercent(reserve.percent_of_nav)} % of NAV stays in cash`;
  return typeof reserve.amount === "number" ? `${money(reserve.amount)} stays in cash in each account` : null;
}

function roundingText(constraints: Constraints): string | null {
  if (!constraints.round_to) return null;
  return `amounts ${constraints.round_to_above_only ? `above ${face(constraints.round_to)} ` : ""}are multiples of ${face(constraints.round_to)}`;
}

/** One line: 2 accounts excluded, 0.5 % of NAV stays in cash. */
export function wishesText(
  constraints: Constraints,
  tiers: readonly (readonly string[])[],
  side: Side,
): string {
  const excluded = constraints.exclude_accounts?.length ?? 0;
  const limited = Object.keys(constraints.account_limits ?? {}).length;
  const buys = side === "BUY";
  const parts = [
    excluded > 0 && `${accountsText(excluded)} excluded`,
    limited > 0 && `${accountsText(limited)} with limits`,
    tiers.length > 0 && `${tiers.length} ${tiers.length === 1 ? "tier" : "tiers"} served first`,
    buys && reserveText(constraints),
    buys && constraints.respect_cash === false && "cash does not count",
    !buys && constraints.leave_tradable === false && "small rests may stay",
    roundingText(constraints),
    constraints.min_allocation && `at least ${face(constraints.min_allocation)} for each that gets some`,
    constraints.round_to_denomination === false && "not on the bond's grid",
    constraints.compliance_check === false && "compliance is not checked",
  ].filter((part): part is string => typeof part === "string");
  const [first, ...rest] = parts;
  if (!first) return "None";
  return [first.charAt(0).toUpperCase() + first.slice(1), ...rest].join(", ");
}

function limitFault({ min, max, fixed }: AccountLimit): string | null {
  if (typeof fixed === "number" && (typeof min === "number" || typeof max === "number"))
    return "exactly so much goes with neither least nor most";
  if (typeof min === "number" && typeof max === "number" && min > max)
    return `the least, ${face(min)}, is more than the most, ${face(max)}`;
  return null;
}

/** What is wrong with the limits, in words; null where nothing is. */
export function limitsFault(limits: Readonly<Record<string, AccountLimit>>): string | null {
  const faults = Object.entries(limits).flatMap(([account, limit]) => {
    const fault = limitFault(limit);
    return fault ? [`${account}: ${fault}.`] : [];
  });
  return faults.length > 0 ? faults.join(" ") : null;
}

/** The excluded accounts with those of a pasted list: its reasons replace older ones. */
export function withPasted(excluded: readonly Exclusion[], taken: Amounts, replace: boolean): Exclusion[] {
  const kept = replace ? [] : excluded.filter(({ account_id }) => !(account_id in taken));
  const pasted = Object.entries(taken).map(([account_id, row]) => ({
    account_id,
    reason: String(row.reason),
  }));
  return [...kept, ...pasted];
}
