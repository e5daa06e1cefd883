import type { SecurityHit } from "../../api/generated/api";
import { BEGINNING, proposePath, requestOf } from "./proposalForm";

const bond = (cusip: string) => ({ cusip }) as SecurityHit;

test("a form that is left as it is asks for trades of held bonds into the bands", () => {
  expect(requestOf(BEGINNING, "GROUP", "PUBLICPRE")).toEqual({
    request: {
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
    },
    errors: {},
  });
});

test("what was typed is sent, and an amount or bonds only where they are asked for", () => {
  const form = {
    ...BEGINNING,
    amount: { text: "5mm", value: 5_000_000 },
    minimum: { text: "10k", value: 10_000 },
    turnover: " 12.5 ",
    cost: { text: "2,000", value: 2000 },
    costPer100: "0.05",
    bonds: [bond("A"), bond("B")],
  };
  const { request, errors } = requestOf(form, "ACCOUNT", "X");
  expect(errors).toEqual({});
  expect(request).toMatchObject({ amount: null, security_ids: [], minimum_trade: 10_000 });
  expect(request).toMatchObject({ maximum_turnover_percent: 12.5, maximum_cost: 2000, cost_per_100: 0.05 });
  const raised = requestOf({ ...form, mode: "cash_raise", candidates: "one" }, "ACCOUNT", "X").request;
  expect(raised).toMatchObject({ amount: 5_000_000, security_ids: ["A"] });
  const listed = requestOf({ ...form, candidates: "buy_list" }, "ACCOUNT", "X").request;
  expect(listed.security_ids).toEqual(["A", "B"]);
});

test("all that is wrong is told at once, by the fields of the request", () => {
  const form = {
    ...BEGINNING,
    mode: "cash_raise" as const,
    minimum: { text: "ten", value: null },
    turnover: "1001",
    cost: { text: "2,000", value: 2000 },
    candidates: "buy_list" as const,
  };
  expect(Object.keys(requestOf(form, "GROUP", "G").errors).sort()).toEqual([
    "amount",
    "cost_per_100",
    "maximum_turnover_percent",
    "minimum_trade",
    "security_ids",
  ]);
  const one = requestOf({ ...BEGINNING, candidates: "one" }, "GROUP", "G").errors;
  expect(one).toEqual({ security_ids: "Choose the bond." });
  expect(requestOf({ ...BEGINNING, costPer100: "-1" }, "GROUP", "G").errors.cost_per_100).toBe(
    "Type a number from 0 to 100, or leave it empty.",
  );
});

test("an id keeps its signs in the address", () => {
  expect(proposePath("GROUP", "A & B/C")).toBe("/drift/proposals/new?scope=GROUP&id=A+%26+B%2FC");
});
