import type { Allocation } from "../../../api/generated/api";
import { cents, count, face, percent, price, words } from "../../../kit/format";
import { methodName } from "../method/methods";
import { statedConstraints, statedParameters } from "../preview/inputsAgain";

const MOST_ACCOUNTS = 12;

function items(texts: readonly string[]): string {
  const shown = texts.slice(0, MOST_ACCOUNTS).join(", ");
  return texts.length > MOST_ACCOUNTS ? `${shown} and ${count(texts.length - MOST_ACCOUNTS)} more` : shown;
}

function scalar(value: unknown): string {
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (typeof value === "number") return Number.isInteger(value) ? face(value) : String(value);
  if (typeof value === "string") return /^[A-Z_]+$/.test(value) ? words(value) : value;
  return String(value);
}

/** A value of the request in one line, whatever its shape: a list, or amounts by account. */
export function inputInWords(value: unknown): string {
  if (Array.isArray(value))
    return items(
      value.map((part) => (Array.isArray(part) ? `(${items(part.map(scalar))})` : inputInWords(part))),
    );
  if (typeof value !== "object" || value === null) return scalar(value);
  return items(
    Object.entries(value)
      .filter(([, part]) => part !== null)
      .map(([name, part]) => `${name.replaceAll("_", " ")} ${inputInWords(part)}`),
  );
}

function sizeInWords({ order }: Allocation): string {
  if (order.requested_notional !== null) return `${cents(order.requested_notional)} notional`;
  if (order.requested_percent_of_nav !== null) return `${percent(order.requested_percent_of_nav)} of NAV`;
  return `${face(order.total_quantity)} face`;
}

/** What was asked for: the order, and every parameter and wish that was not left as it is. */
export function inputsOf(allocation: Allocation): [string, string][] {
  const { order } = allocation;
  const stated = { ...statedParameters(allocation), ...statedConstraints(allocation) };
  return [
    ["Size", sizeInWords(allocation)],
    ["Price", `${price(order.price)} (${order.price_source === "REQUEST" ? "stated" : order.price_source})`],
    ["Settlement date", order.settlement_date],
    ["Method", methodName(allocation.allocation_method)],
    ["Groups", allocation.portfolio_groups.join(", ")],
    ...Object.entries(stated).map(([name, value]): [string, string] => [words(name), inputInWords(value)]),
  ];
}
