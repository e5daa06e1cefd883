/** Amounts by account, as the grids of step 2 edit them, and what the request has of them. */
import type { AccountLimit, Parameters, StatedAmount, StatedType } from "../../../api/generated/api";
import { face, money, percent } from "../../../kit/format";
import type { AmountKind } from "./numbers";
import { toFraction, toPercent } from "./numbers";

/** One account's cells by column; percentages in per cent, as they are seen. */
export type AmountRow = Record<string, number | string>;
export type Amounts = Record<string, AmountRow>;

export interface AmountColumn {
  key: string;
  header: string;
  kind: AmountKind | "unit" | "stated";
  /** What it does, for its heading. */
  hint?: string;
  /** A row without it is no row: it is what makes an account take part. */
  needed?: boolean;
  /** Largest value, of a percentage 100. */
  most?: number;
}

export const UNIT_WORDS: Record<StatedType, string> = {
  QUANTITY: "face",
  DOLLAR_AMOUNT: "money",
  PERCENTAGE: "% of the order",
};
const KIND_OF_UNIT: Record<StatedType, AmountKind> = {
  QUANTITY: "face",
  DOLLAR_AMOUNT: "money",
  PERCENTAGE: "percent",
};

/** What the numbers of a column are; of stated amounts it depends on the row's unit. */
export function kindOf(column: AmountColumn, row: AmountRow | undefined): AmountKind | "unit" {
  if (column.kind !== "stated") return column.kind;
  return KIND_OF_UNIT[(row?.unit as StatedType | undefined) ?? "QUANTITY"];
}

/** The amounts with one cell changed; null empties it, and a row without its needed cell is gone. */
export function withCell(
  amounts: Amounts,
  columns: readonly AmountColumn[],
  account: string,
  key: string,
  value: number | string | null,
): Amounts {
  const { [account]: before = {}, ...others } = amounts;
  const { [key]: _, ...rest } = before;
  const row: AmountRow = value === null ? rest : { ...rest, [key]: value };
  const empty = columns.some(
    (column) => column.needed && row[column.key] === undefined && column.key === key,
  );
  return Object.keys(row).length === 0 || (empty && value === null) ? others : { ...others, [account]: row };
}

function column(amounts: Amounts, key: string, of: (value: number) => number = (value) => value) {
  return Object.fromEntries(
    Object.entries(amounts).flatMap(([account, row]) =>
      typeof row[key] === "number" ? [[account, of(row[key])]] : [],
    ),
  );
}

function rows(
  values: Record<string, number> | undefined,
  key: string,
  of = (value: number) => value,
): Amounts {
  return Object.fromEntries(
    Object.entries(values ?? {}).map(([account, value]) => [account, { [key]: of(value) }]),
  );
}

export const amountsOfWeights = (parameters: Parameters): Amounts =>
  rows(parameters.weights, "weight", toPercent);
export const weightsOfAmounts = (amounts: Amounts): Record<string, number> =>
  column(amounts, "weight", toFraction);
export const amountsOfBase = (parameters: Parameters): Amounts => rows(parameters.base_amounts, "amount");
export const baseOfAmounts = (amounts: Amounts): Record<string, number> => column(amounts, "amount");

const STATED_VALUES = [
  ["value", "value"],
  ["min", "min_value"],
  ["max", "max_value"],
] as const;

export function amountsOfStated(stated: readonly StatedAmount[] | undefined): Amounts {
  return Object.fromEntries(
    (stated ?? []).map((amount) => {
      const seen = (value: number) => (amount.type === "PERCENTAGE" ? toPercent(value) : value);
      const row: AmountRow = { unit: amount.type };
      for (const [key, field] of STATED_VALUES) {
        const value = amount[field];
        if (typeof value === "number") row[key] = seen(value);
      }
      if (typeof amount.priority === "number") row.priority = amount.priority;
      return [amount.account_id, row];
    }),
  );
}

/** Rows with a value; one with a unit alone states nothing yet. */
export function statedOfAmounts(amounts: Amounts): StatedAmount[] {
  return Object.entries(amounts).flatMap(([account_id, row]) => {
    if (typeof row.value !== "number") return [];
    const type = (row.unit as StatedType | undefined) ?? "QUANTITY";
    const stated: StatedAmount = { account_id, type, value: 0 };
    for (const [key, field] of STATED_VALUES) {
      const value = row[key];
      if (typeof value === "number") stated[field] = type === "PERCENTAGE" ? toFraction(value) : value;
    }
    if (typeof row.priority === "number") stated.priority = row.priority;
    return [stated];
  });
}

export function amountsOfLimits(limits: Record<string, AccountLimit> | undefined): Amounts {
  return Object.fromEntries(
    Object.entries(limits ?? {}).map(([account, limit]) => [
      account,
      Object.fromEntries(
        Object.entries(limit).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
      ),
    ]),
  );
}

export function limitsOfAmounts(amounts: Amounts): Record<string, AccountLimit> {
  return Object.fromEntries(
    Object.entries(amounts).filter(([, row]) => Object.keys(row).length > 0),
  ) as Record<string, AccountLimit>;
}

/** What is stated by unit, and of an order in face, what percentages and face leave; in words. */
export function statedText(amounts: Amounts, order: number | null): string {
  const stated = statedOfAmounts(amounts);
  if (stated.length === 0) return "No amounts yet: at least one above 0 is needed.";
  const sum = (type: StatedType) =>
    stated.reduce((all, amount) => all + (amount.type === type ? amount.value : 0), 0);
  const parts = [
    sum("QUANTITY") > 0 && `${face(sum("QUANTITY"))} face`,
    sum("DOLLAR_AMOUNT") > 0 && `${money(sum("DOLLAR_AMOUNT"))} money`,
    sum("PERCENTAGE") > 0 && `${percent(sum("PERCENTAGE"))} of the order`,
  ].filter(Boolean);
  const known = order !== null && sum("DOLLAR_AMOUNT") === 0;
  const left = known ? order - sum("QUANTITY") - sum("PERCENTAGE") * order : null;
  const rest =
    left === null
      ? ""
      : left >= 0
        ? ` ${face(left)} face is left.`
        : ` That is ${face(-left)} face more than the order holds.`;
  const of = `${stated.length} ${stated.length === 1 ? "account" : "accounts"}`;
  return `${parts.join(", ")} for ${of}.${rest}`;
}
