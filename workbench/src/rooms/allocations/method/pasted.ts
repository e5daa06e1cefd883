/** A list of accounts with amounts, as it is pasted from a spreadsheet or read from a file. */
import type { StatedType } from "../../../api/generated/api";
import type { QuantityRules } from "../../../kit/quantity";
import { fromPasted } from "../../../kit/tsv";
import { type AmountColumn, type AmountRow, type Amounts, kindOf } from "./amounts";
import { readAmount, toPercent } from "./numbers";

export interface KnownAccount {
  account_id: string;
  account_name: string;
}

/** A column of words, such as reasons: at most so many characters. */
export interface TextColumn {
  key: string;
  header: string;
  kind: "text";
  most: number;
}

export type ListColumn = AmountColumn | TextColumn;

const isAmount = (column: ListColumn): column is AmountColumn => column.kind !== "text";

export interface ReadRow {
  /** Line of the list, from 1. */
  line: number;
  /** What the line says, cell by cell. */
  cells: string[];
  state: "GOOD" | "HEADER" | "BAD";
  account: KnownAccount | null;
  values: AmountRow;
  /** What is wrong with it, in words; empty for a good row. */
  faults: string[];
}

/** What the lines are about; of accounts of the chosen groups where nothing else is said. */
export interface Subject {
  /** Such as "account". */
  one: string;
  many: string;
  /** What is said of a name that is not known; null where it makes a new row. */
  unknown: (text: string) => string | null;
  /** Headings of the first column. */
  headings: readonly string[];
  /** Lines that show how it is written. */
  example: string;
}

/** How to read numbers without a sign in columns of percentages: null while it has to be asked. */
export type PercentReading = "PERCENT" | "FRACTION" | null;

export interface ListOptions {
  percents?: PercentReading;
  /** What 5m means at this desk. */
  m?: QuantityRules["m"];
  subject?: Subject;
  /** Cells that a line without them has, such as the unit of its amounts, or the reason. */
  defaults?: AmountRow;
}

const UNITS: Record<string, StatedType> = {
  face: "QUANTITY",
  quantity: "QUANTITY",
  money: "DOLLAR_AMOUNT",
  usd: "DOLLAR_AMOUNT",
  dollar_amount: "DOLLAR_AMOUNT",
  percent: "PERCENTAGE",
  percentage: "PERCENTAGE",
  "%": "PERCENTAGE",
  "% of the order": "PERCENTAGE",
};

export const ACCOUNTS: Subject = {
  one: "account",
  many: "accounts",
  unknown: (text) => `"${text}" is no account of the chosen groups.`,
  headings: ["account", "account id", "account_id", "account name", "account_name", "id", "name"],
  example: "PPR-001\t25\nPPR-002\t75",
};

const key = (text: string) => text.trim().toLowerCase().replace(/\s+/g, " ");

/** Find accounts by id or name, capitals aside. */
function finder(accounts: readonly KnownAccount[], { one, many, unknown }: Subject) {
  const byId = new Map(accounts.map((account) => [key(account.account_id), account]));
  const byName = new Map<string, KnownAccount[]>();
  for (const account of accounts) {
    const name = key(account.account_name);
    byName.set(name, [...(byName.get(name) ?? []), account]);
  }
  return (text: string): KnownAccount | string => {
    if (text.trim() === "") return `No ${one} is named.`;
    const found = byId.get(key(text)) ?? byName.get(key(text));
    if (!found) return unknown(text) ?? { account_id: text.trim(), account_name: text.trim() };
    if (!Array.isArray(found)) return found;
    const [only, ...more] = found;
    return only && more.length === 0 ? only : `The name belongs to ${found.length} ${many}: use the id.`;
  };
}

type Cells = { values: AmountRow; faults: string[] };

function readUnit(column: AmountColumn, text: string, { values, faults }: Cells): void {
  const unit = UNITS[key(text)];
  if (unit) values[column.key] = unit;
  else if (text.trim() !== "") faults.push(`${column.header}: "${text}" is none of face, money and percent.`);
}

function readNumber(
  column: AmountColumn,
  text: string,
  options: ListOptions,
  { values, faults }: Cells,
): void {
  const kind = kindOf(column, values);
  if (kind === "unit") return;
  const reading = readAmount(text, kind, options.m);
  if ("message" in reading) {
    faults.push(`${column.header}: ${reading.message}`);
    return;
  }
  if (reading.value === null) {
    if (column.needed) faults.push(`${column.header} is missing.`);
    return;
  }
  const asFraction = options.percents === "FRACTION" && kind === "percent" && !text.includes("%");
  const value = asFraction ? toPercent(reading.value) : reading.value;
  if (kind === "percent" && column.most !== undefined && value > column.most)
    faults.push(`${column.header}: ${value} % is more than ${column.most} %.`);
  else values[column.key] = value;
}

function readText(column: TextColumn, text: string, { values, faults }: Cells): void {
  if (text.length > column.most) faults.push(`${column.header}: at most ${column.most} characters.`);
  else if (text !== "") values[column.key] = text;
  else if (!values[column.key]) faults.push(`${column.header} is missing.`);
}

/** The cells after the account; units first, because they say what the numbers are. */
function readCells(cells: string[], columns: readonly ListColumn[], options: ListOptions): Cells {
  const read: Cells = { values: { ...options.defaults }, faults: [] };
  const texts = columns.map((column, at) => ({ column, text: cells[at + 1] ?? "" }));
  for (const { column, text } of texts) if (column.kind === "unit") readUnit(column, text, read);
  for (const { column, text } of texts) {
    if (column.kind === "text") readText(column, text, read);
    else if (column.kind !== "unit") readNumber(column, text, options, read);
  }
  const amounts = columns.filter(isAmount);
  const more = cells.slice(columns.length + 1).filter((cell) => cell !== "");
  if (more.length > 0)
    read.faults.push(
      `There are more cells than columns: ${more.join(", ")}.${amounts.length > 0 ? " Is it one number with commas?" : ""}`,
    );
  const numbers = amounts.some((column) => typeof read.values[column.key] === "number");
  if (amounts.length > 0 && !numbers && read.faults.length === 0) read.faults.push("No amount is given.");
  return read;
}

/**
 * The first line is a heading if it names no account and has no number. Where words stand beside the accounts it must
 * say so itself: an account that is not known is an error there.
 */
function isHeader(
  cells: string[],
  isKnown: boolean,
  columns: readonly ListColumn[],
  { headings }: Subject,
): boolean {
  if (isKnown) return false;
  if (!columns.every(isAmount)) return headings.includes(key(cells[0] ?? ""));
  return cells.length > 1 && cells.slice(1).every((cell) => !/\d/.test(cell));
}

/** Read a list: the account in the first column, by id or name; then the columns in their order. */
export function readList(
  text: string,
  accounts: readonly KnownAccount[],
  columns: readonly ListColumn[],
  options: ListOptions = {},
): ReadRow[] {
  const subject = options.subject ?? ACCOUNTS;
  const find = finder(accounts, subject);
  const read = fromPasted(text).map((cells, index): ReadRow => {
    const account = find(cells[0] ?? "");
    if (index === 0 && isHeader(cells, isListed(account, accounts), columns, subject))
      return { line: 1, cells, state: "HEADER", account: null, values: {}, faults: [] };
    const { values, faults } = readCells(cells, columns, options);
    const known = typeof account === "string" ? null : account;
    const all = known ? faults : [account as string, ...faults];
    return {
      line: index + 1,
      cells,
      state: all.length > 0 ? "BAD" : "GOOD",
      account: known,
      values,
      faults: all,
    };
  });
  return markTwice(read, subject);
}

function isListed(account: KnownAccount | string, accounts: readonly KnownAccount[]): boolean {
  return typeof account !== "string" && accounts.includes(account);
}

/** An account on several lines: which of them is meant cannot be known, so none is taken. */
function markTwice(read: ReadRow[], { one }: Subject): ReadRow[] {
  const lines = new Map<string, number[]>();
  for (const { account, line } of read)
    if (account) lines.set(account.account_id, [...(lines.get(account.account_id) ?? []), line]);
  return read.map((row) => {
    const others = (row.account ? (lines.get(row.account.account_id) ?? []) : []).filter(
      (l) => l !== row.line,
    );
    if (others.length === 0) return row;
    const where = `The ${one} is also on line ${others.join(", ")}.`;
    return { ...row, state: "BAD", faults: [...row.faults, where] };
  });
}

/** Whether a list of percentages without a sign may be one of fractions: they are all at most 1, and sum to about 1. */
export function maybeFractions(rows: readonly ReadRow[], columns: readonly ListColumn[]): boolean {
  return columns.some((column, at) => {
    if (!isAmount(column)) return false;
    const cells = rows
      .filter(({ state, values }) => state !== "HEADER" && kindOf(column, values) === "percent")
      .map(({ cells }) => cells[at + 1] ?? "");
    if (cells.some((cell) => cell.includes("%"))) return false;
    const values = cells
      .map((cell) => readAmount(cell, "percent"))
      .flatMap((reading) => ("value" in reading && reading.value !== null ? [reading.value] : []));
    return values.length > 0 && values.every((value) => value <= 1) && values.some((value) => value > 0);
  });
}

/** The good rows by account. */
export function takenOver(rows: readonly ReadRow[]): Amounts {
  return Object.fromEntries(
    rows.flatMap(({ state, account, values }) =>
      state === "GOOD" && account ? [[account.account_id, values]] : [],
    ),
  );
}

/** What was read, in a sentence. */
export function listText(rows: readonly ReadRow[]): string {
  const lines = rows.filter(({ state }) => state !== "HEADER").length;
  const bad = rows.filter(({ state }) => state === "BAD").length;
  const header = rows.some(({ state }) => state === "HEADER") ? " Line 1 is a heading and is left out." : "";
  if (lines === 0) return `No rows are there.${header}`;
  const count = `${lines} ${lines === 1 ? "row" : "rows"} read`;
  if (bad === 0) return `${count}, all of them good.${header}`;
  return `${count}: ${lines - bad} good, ${bad} with errors.${header}`;
}
