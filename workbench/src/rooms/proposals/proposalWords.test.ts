import type { ProposalAsked, ProposalStage, ProposalSummary } from "../../api/generated/api";
import { askedFacts, askedWords, gapWords, stageValue, statusWords, toldStages } from "./proposalWords";

const ASKED: ProposalAsked = {
  scope: "GROUP",
  scope_id: "PUBLICPRE",
  mode: "to_band",
  amount: null,
  minimum_trade: 0,
  maximum_turnover_percent: null,
  maximum_cost: null,
  cost_per_100: 0,
  candidates: "held",
  security_ids: [],
  time_limit_seconds: 5,
};
const BLOCKS: ProposalStage = { name: "block_orders", reached: 14, bound: 14, gap: 0 };
const TRADES: ProposalStage = { name: "allocations", reached: 43, bound: 42, gap: 1 / 43 };
const TURNOVER: ProposalStage = { name: "turnover", reached: 4_570_400, bound: null, gap: null };

function proposal(more: Partial<ProposalSummary> = {}) {
  const found = { status: "OPTIMAL", accounts_back: 8, account_count: 8, order_count: 3, request: ASKED };
  return { ...found, ...more } as ProposalSummary;
}

test("what is proved is said so", () => {
  expect(statusWords(proposal(), [BLOCKS])).toBe(
    "All 8 accounts are within the bands by 3 block orders. Proved: nothing better is possible.",
  );
  expect(statusWords(proposal({ account_count: 1, accounts_back: 1, order_count: 0 }), [])).toBe(
    "The account is within the bands without any trade. Proved: nothing better is possible.",
  );
});

test("when time is up, what is not proved is named", () => {
  expect(statusWords(proposal({ status: "TIME_LIMIT" }), [BLOCKS, TRADES, TURNOVER])).toBe(
    "All 8 accounts are within the bands by 3 block orders. Time was up after 5 seconds: these are the best trades that were found. Not proved: trades of accounts; turnover, half of buys and sells.",
  );
});

test("where not every account comes back, the trades are the nearest", () => {
  expect(statusWords(proposal({ status: "INFEASIBLE", accounts_back: 1, order_count: 1 }), [BLOCKS])).toBe(
    "1 of 8 accounts is within the bands by 1 block order. Not every account can come back: the trades are the nearest.",
  );
});

test("of cash that is raised it is said whether it can leave", () => {
  const request = { ...ASKED, mode: "cash_raise" as const, amount: 8_000_000 };
  const short = { name: "shortfall", reached: 250_000, bound: 250_000, gap: 0 };
  const one = { request, account_count: 1, order_count: 2 };
  expect(statusWords(proposal({ ...one, accounts_back: 1 }), [{ ...short, reached: 0 }])).toBe(
    "The account is within the bands by 2 block orders. 8,000,000 in cash can leave. Proved: nothing better is possible.",
  );
  expect(statusWords(proposal({ ...one, accounts_back: 0, status: "INFEASIBLE" }), [short])).toBe(
    "0 of 1 account is within the bands by 2 block orders. Of 8,000,000 in cash, 250,000 are missing. Not every account can come back: the trades are the nearest.",
  );
});

test("numbers that are 0 and proved are not listed, but for the accounts", () => {
  const none = { reached: 0, bound: 0, gap: 0 };
  const stages = [{ name: "accounts_back", ...none }, { name: "excess", ...none }, BLOCKS];
  expect(toldStages(stages).map(({ name }) => name)).toEqual(["accounts_back", "block_orders"]);
});

test("gaps are told in words", () => {
  expect(gapWords(BLOCKS)).toBe("Proved");
  expect(gapWords(TRADES)).toBe("Not proved: up to 2.33 % may be missing");
  expect(gapWords(TURNOVER)).toBe("Not proved: a number before it is not");
  expect(gapWords({ ...TURNOVER, bound: 4_560_000, gap: 0.002 }, true)).toBe("Proved");
  expect(stageValue(TURNOVER, TURNOVER.reached)).toBe("4,570,400");
  expect(stageValue(TURNOVER, null)).toBe("–");
});

test("what was asked for", () => {
  expect(askedWords(ASKED)).toBe("Group PUBLICPRE: to the bands");
  const raised = { ...ASKED, mode: "cash_raise" as const, amount: 8_000_000, candidates: "one" as const };
  expect(Object.fromEntries(askedFacts({ ...raised, security_ids: ["91282CKF7"] }))).toEqual({
    Aim: "Raise cash",
    "Cash to raise": "8,000,000",
    Bonds: "One bond 91282CKF7",
    "Least trade": "–",
    "Most turnover": "–",
    "Most cost": "–",
    "Cost per 100": "–",
  });
});
