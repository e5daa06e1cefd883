import type {
  CandidateSource,
  ClassOutcome,
  Obstacle,
  ProposalAsked,
  ProposalMode,
  ProposalStage,
  ProposalStatus,
  ProposalSummary,
} from "../../api/generated/api";
import { count, money, points, UNKNOWN, words } from "../../kit/format";
import { SCOPES } from "../drift/driftWords";

export const MODES: Record<ProposalMode, { name: string; hint: string }> = {
  to_band: { name: "To the bands", hint: "Every class back into its band, by the fewest trades." },
  full: { name: "To the targets", hint: "Back into the bands, then as near to the targets as trades come." },
  buy_only: { name: "Buy only", hint: "Back into the bands by spending cash; nothing is sold." },
  cash_raise: { name: "Raise cash", hint: "Sales alone, until an amount of cash can leave." },
};

export const SOURCES: Record<CandidateSource, { name: string; hint: string }> = {
  held: {
    name: "Bonds that are held",
    hint: "Those that the accounts hold, or that have a target of their own, are sold and bought.",
  },
  buy_list: { name: "A buy list", hint: "Those that the accounts hold are sold, those of the list bought." },
  one: { name: "One bond", hint: "No other bond is traded." },
};

export const STATUSES: Record<ProposalStatus, string> = {
  OPTIMAL: "Proved best",
  TIME_LIMIT: "Best found in time",
  INFEASIBLE: "Not all come back",
};

export const OBSTACLES: Record<Obstacle, string> = {
  LOTS: "Whole lots and least trades",
  CASH: "Cash",
  TURNOVER: "Most turnover",
  COST: "Most cost",
  LIMITS: "Positions, restrictions and compliance",
  SEVERAL: "Several limits together",
  UNKNOWN: "Not known: time was up",
};

/** What became of a class, with a sign of its own, so that colour is not the only one. */
export const OUTCOMES: Record<ClassOutcome, string> = {
  WITHIN: "Within, as before",
  BACK: "✓ Back in its band",
  CLOSER: "▷ Closer, still out",
  OUT: "✕ Out, as before",
};

const STAGES: Record<string, string> = {
  accounts_back: "Accounts within their bands",
  shortfall: "Cash still missing",
  excess: "Beyond the bands, points and years",
  distance: "Away from the targets, points and years",
  block_orders: "Block orders",
  allocations: "Trades of accounts",
  turnover: "Turnover, half of buys and sells",
};
const COUNTED: readonly string[] = ["accounts_back", "block_orders", "allocations"];

export function stageName(stage: ProposalStage): string {
  return STAGES[stage.name] ?? words(stage.name);
}

export function stageValue(stage: ProposalStage, value: number | null): string {
  if (COUNTED.includes(stage.name)) return count(value);
  return stage.name === "turnover" || stage.name === "shortfall" ? money(value) : points(value);
}

/** How near a number is to what nothing betters. A gap that the service counts as none is proved. */
export function gapWords({ bound, gap }: ProposalStage, isOptimal = false): string {
  if (bound === null || gap === null) return "Not proved: a number before it is not";
  if (gap === 0 || isOptimal) return "Proved";
  return `Not proved: up to ${points(100 * gap)} % may be missing`;
}

const some = (number: number, one: string, many: string) => `${count(number)} ${number === 1 ? one : many}`;

/** Of a proposal that raises cash: whether it is there to leave. */
function raisedWords({ mode, amount }: ProposalAsked, stages: readonly ProposalStage[]): string {
  if (mode !== "cash_raise") return "";
  const missing = stages.find(({ name }) => name === "shortfall")?.reached ?? 0;
  return missing > 0
    ? ` Of ${money(amount)} in cash, ${money(missing)} are missing.`
    : ` ${money(amount)} in cash can leave.`;
}

/** Numbers that say something: one that is 0, as it should be, is left out. */
export function toldStages(stages: readonly ProposalStage[]): ProposalStage[] {
  return stages.filter(({ name, reached, gap }) => name === "accounts_back" || reached !== 0 || gap !== 0);
}

/** What a proposal came to, in two sentences: how many accounts come back, and whether that is proved. */
export function statusWords(
  proposal: Pick<ProposalSummary, "status" | "accounts_back" | "account_count" | "order_count" | "request">,
  stages: readonly ProposalStage[],
): string {
  const { status, accounts_back: back, account_count: all, order_count: orders, request } = proposal;
  const by = orders === 0 ? "without any trade" : `by ${some(orders, "block order", "block orders")}`;
  const come =
    back === all
      ? `${all === 1 ? "The account is" : `All ${count(all)} accounts are`} within the bands ${by}.${raisedWords(request, stages)}`
      : `${count(back)} of ${some(all, "account", "accounts")} ${back === 1 || all === 1 ? "is" : "are"} within the bands ${by}.${raisedWords(request, stages)}`;
  if (status === "OPTIMAL") return `${come} Proved: nothing better is possible.`;
  const open = stages.filter(({ gap }) => gap !== 0).map((stage) => stageName(stage).toLowerCase());
  const unproved = open.length > 0 ? ` Not proved: ${open.join("; ")}.` : "";
  return status === "TIME_LIMIT"
    ? `${come} Time was up after ${some(request.time_limit_seconds, "second", "seconds")}: these are the best trades that were found.${unproved}`
    : `${come} Not every account can come back: the trades are the nearest.${unproved}`;
}

/** Group PUBLICPRE: to the bands. */
export function askedWords({ scope, scope_id, mode }: ProposalAsked): string {
  return `${SCOPES[scope]} ${scope_id}: ${MODES[mode].name.toLowerCase()}`;
}

/** What was asked for, as names and values; what was left open is not there. */
export function askedFacts(asked: ProposalAsked): [string, string][] {
  const { amount, minimum_trade, maximum_turnover_percent, maximum_cost, cost_per_100 } = asked;
  return [
    ["Aim", MODES[asked.mode].name],
    ...(amount === null ? [] : [["Cash to raise", money(amount)] as [string, string]]),
    ["Bonds", [SOURCES[asked.candidates].name, ...asked.security_ids].join(" ")],
    ["Least trade", minimum_trade > 0 ? money(minimum_trade) : UNKNOWN],
    ["Most turnover", maximum_turnover_percent === null ? UNKNOWN : `${points(maximum_turnover_percent)} %`],
    ["Most cost", money(maximum_cost)],
    ["Cost per 100", cost_per_100 > 0 ? String(cost_per_100) : UNKNOWN],
  ];
}
