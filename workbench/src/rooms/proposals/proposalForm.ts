/** A proposal as it is asked for on the screen, and as the service takes it. */
import type {
  CandidateSource,
  ProposalMode,
  ProposalRequest,
  ProposalScope,
  SecurityHit,
} from "../../api/generated/api";

/** A size as it was typed, and what it means; null while it means nothing certain. */
export interface Size {
  text: string;
  value: number | null;
}

export interface ProposalForm {
  mode: ProposalMode;
  amount: Size;
  minimum: Size;
  turnover: string;
  cost: Size;
  costPer100: string;
  candidates: CandidateSource;
  bonds: SecurityHit[];
  seconds: number;
}

const EMPTY: Size = { text: "", value: null };
export const BEGINNING: ProposalForm = {
  mode: "to_band",
  amount: EMPTY,
  minimum: EMPTY,
  turnover: "",
  cost: EMPTY,
  costPer100: "",
  candidates: "held",
  bonds: [],
  seconds: 5,
};
/** Times that may be chosen; the service takes no more than the last. */
export const SECONDS = [2, 5, 10, 20];
const MAX_TURNOVER = 1000;
const MAX_COST_PER_100 = 100;
const NUMBER = /^\d+(\.\d+)?$/;

type Errors = Partial<Record<keyof ProposalRequest, string>>;

/** The request that a form makes, or what is wrong with it, all at once, by the fields of the request. */
export function requestOf(
  form: ProposalForm,
  scope: ProposalScope,
  id: string,
): { request: ProposalRequest; errors: Errors } {
  const { mode, candidates, bonds } = form;
  const raises = mode === "cash_raise";
  const errors: Errors = {};
  const size = (field: "amount" | "minimum_trade" | "maximum_cost", { text, value }: Size) => {
    if (text.trim() !== "" && value === null) errors[field] = "Type a number such as 250k or 1,500,000.";
    return value;
  };
  const number = (field: "maximum_turnover_percent" | "cost_per_100", text: string, most: number) => {
    const typed = text.trim();
    if (typed === "") return null;
    const value = NUMBER.test(typed) ? Number(typed) : Number.NaN;
    if (!(value >= 0 && value <= most)) errors[field] = `Type a number from 0 to ${most}, or leave it empty.`;
    return value;
  };
  const amount = raises ? size("amount", form.amount) : null;
  if (raises && form.amount.text.trim() === "") errors.amount = "Type how much cash is to be raised.";
  const maximumCost = size("maximum_cost", form.cost);
  const costPer100 = number("cost_per_100", form.costPer100, MAX_COST_PER_100) ?? 0;
  if (maximumCost !== null && costPer100 === 0)
    errors.cost_per_100 = "Type what trades cost, since the cost is limited.";
  const named = bonds.slice(0, { held: 0, one: 1, buy_list: bonds.length }[candidates]);
  if (candidates === "buy_list" && named.length === 0) errors.security_ids = "Add the bonds to buy.";
  if (candidates === "one" && named.length === 0) errors.security_ids = "Choose the bond.";
  const request: ProposalRequest = {
    scope,
    scope_id: id,
    mode,
    amount,
    minimum_trade: size("minimum_trade", form.minimum) ?? 0,
    maximum_turnover_percent: number("maximum_turnover_percent", form.turnover, MAX_TURNOVER),
    maximum_cost: maximumCost,
    cost_per_100: costPer100,
    candidates,
    security_ids: named.map(({ cusip }) => cusip),
    time_limit_seconds: form.seconds,
  };
  return { request, errors };
}

export function proposePath(scope: ProposalScope, id: string): string {
  return `/drift/proposals/new?${new URLSearchParams({ scope, id })}`;
}
