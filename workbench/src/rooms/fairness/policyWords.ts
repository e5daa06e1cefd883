import type { FairnessPolicy } from "../../api/generated/api";
import { count } from "../../kit/format";
import type { TermChange } from "../../kit/versions";

export type PolicyTerms = Pick<
  FairnessPolicy,
  "mode" | "weights" | "stated_weights" | "scope" | "carry" | "half_life_days" | "fairness_weight"
>;

type TermName = "mode" | "weights" | "scope" | "carry" | "fairness_weight";

export const TERM_NAMES: Record<TermName, string> = {
  mode: "Split",
  weights: "Entitlement",
  scope: "Ledgers",
  carry: "Over time",
  fairness_weight: "Against dispersion",
};

const MODE = {
  PER_ORDER: "Each order is split by itself, unless its request says otherwise.",
  LEDGER: "Orders are split by what accounts are owed, unless their request says otherwise.",
} as const;
const SCOPE = {
  GROUP: "A ledger for each set of portfolio groups and each side.",
  SECTOR: "A ledger for each set of portfolio groups, each side and each sector of bonds.",
} as const;

function weightsWords({ weights, stated_weights }: PolicyTerms): string {
  if (weights === "NAV") return "Accounts are entitled in proportion to their net asset value.";
  if (weights === "EQUAL") return "Accounts are entitled to equal parts.";
  return `Accounts are entitled in proportion to stated weights, of ${count(Object.keys(stated_weights).length)} accounts.`;
}

function carryWords({ carry, half_life_days }: PolicyTerms): string {
  if (carry === "YEARLY_RESET") return "Balances begin each calendar year at zero.";
  return `Balances halve in ${half_life_days ?? "…"} days.`;
}

function againstDispersion({ mode, fairness_weight }: PolicyTerms): string {
  const only = mode === "PER_ORDER" ? ", where a request asks for the ledger" : "";
  if (fairness_weight === null)
    return "How much fairness counts against dispersion is chosen for each order, so that no debt outgrows a few pieces.";
  if (fairness_weight === 0)
    return "Minimum dispersion takes no account of what is owed; the ledger only records.";
  return `Fairness counts with a weight of ${fairness_weight} against dispersion${only}.`;
}

/** A policy in plain words, term by term. */
export function policyWords(policy: PolicyTerms): Record<TermName, string> {
  return {
    mode: MODE[policy.mode],
    weights: weightsWords(policy),
    scope: SCOPE[policy.scope],
    carry: carryWords(policy),
    fairness_weight: againstDispersion(policy),
  };
}

/** What bounds the balances under a policy, as far as anything does (R8.10). */
export function boundWords({ mode, fairness_weight }: PolicyTerms): string {
  if (mode === "PER_ORDER")
    return "Per order nothing bounds the balances: an account that the minimum piece shuts out stays short.";
  const pro =
    "By pro-rata no account gets more than one minimum piece above what it is owed, while others have room.";
  if (fairness_weight !== null)
    return `${pro} By minimum dispersion the stated weight alone holds balances back.`;
  return `${pro} By minimum dispersion, lots and caps aside, no account is kept more than two pieces from what it is owed.`;
}

/** Minimum pieces within which the policy keeps balances; null where it does not. */
export function boundPieces({ mode, fairness_weight }: PolicyTerms): number | null {
  return mode === "LEDGER" && fairness_weight === null ? 2 : null;
}

function weightLines(weights: Record<string, number>): string[] {
  return Object.keys(weights)
    .sort()
    .map((account) => `${account} ${weights[account]}`);
}

/** What a new version changes, in words; stated weights account by account. */
export function policyChanges(before: PolicyTerms, after: PolicyTerms): TermChange[] {
  const old = policyWords(before);
  const now = policyWords(after);
  const found = (Object.keys(TERM_NAMES) as TermName[])
    .filter((name) => old[name] !== now[name])
    .map((name) => ({ name: TERM_NAMES[name], before: old[name], after: now[name] }));
  const were = weightLines(before.stated_weights);
  const are = weightLines(after.stated_weights);
  const gone = were.filter((line) => !are.includes(line));
  const added = are.filter((line) => !were.includes(line));
  if (gone.length + added.length > 0)
    found.push({
      name: "Stated weights",
      before: gone.join(", ") || "none",
      after: added.join(", ") || "none",
    });
  return found;
}
