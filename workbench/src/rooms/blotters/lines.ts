/** The lines of a new blotter as they are typed or pasted: cells of text, which become a request. */
import type { BlotterLine, BlotterRequest } from "../../api/generated/api";
import { face } from "../../kit/format";
import { type QuantityRules, readQuantity } from "../../kit/quantity";
import { fromPasted } from "../../kit/tsv";
import { type BlotterColumn, COLUMNS, type ColumnName, columnOf } from "./columns";

export type Cells = Partial<Record<ColumnName, string>>;

export interface DraftLine {
  /** Stays with the line, wherever it stands. */
  id: number;
  cells: Cells;
}

/** Most lines of a blotter. */
export const MOST_LINES = 10_000;

export function isBlank({ cells }: DraftLine): boolean {
  return Object.values(cells).every((text) => text.trim() === "");
}

/** So many blank lines, with ids that no line has. */
export function blankLines(lines: readonly DraftLine[], count: number): DraftLine[] {
  const first = lines.reduce((most, { id }) => Math.max(most, id), 0) + 1;
  return Array.from({ length: count }, (_, at) => ({ id: first + at, cells: {} }));
}

export function withCell(
  lines: readonly DraftLine[],
  id: number,
  name: ColumnName,
  text: string,
): DraftLine[] {
  return lines.map((line) =>
    line.id === id ? { ...line, cells: { ...line.cells, [name]: text.trim() } } : line,
  );
}

export type Placed = { lines: DraftLine[]; count: number } | { unknown: string[] } | { tooMany: number };

/** Headings, if a first row names at least two columns: a bond and a side are no headings. */
function headingsOf(row: readonly string[]): (ColumnName | null)[] | null {
  const named = row.map(columnOf);
  return named.filter(Boolean).length >= 2 || (row.length === 1 && named[0]) ? named : null;
}

/** Rows of a clipboard: a spreadsheet's have tabs, and its 1,500,000 is one cell; text with headings may be CSV. */
export function clipboardRows(text: string): string[][] {
  if (text.includes("\t")) return fromPasted(text);
  const rows = fromPasted(text);
  if (headingsOf(rows[0] ?? [])) return rows;
  const cells = text.split(/\r?\n/).map((cell) => cell.trim());
  return cells.filter((cell) => cell !== "").map((cell) => [cell]);
}

/**
 * Put pasted rows into the lines from a cell on, or by their headings if they have any; lines are added as needed. A
 * heading that names no column refuses all: what it says would be lost.
 */
export function placed(
  lines: readonly DraftLine[],
  rows: readonly string[][],
  at: { line: number; column: ColumnName },
): Placed {
  const headings = headingsOf(rows[0] ?? []);
  const body = headings ? rows.slice(1) : rows;
  const unknown = headings ? (rows[0] ?? []).filter((name, place) => name !== "" && !headings[place]) : [];
  if (unknown.length > 0) return { unknown };
  const first = COLUMNS.findIndex(({ name }) => name === at.column);
  const names = headings ?? COLUMNS.slice(first).map(({ name }) => name);
  const widest = Math.max(0, ...body.map((row) => row.length));
  if (widest > names.length) return { unknown: [`column ${names.length + 1} of the pasted rows`] };
  const all = [...lines, ...blankLines(lines, Math.max(0, at.line + body.length - lines.length))];
  if (all.length > MOST_LINES) return { tooMany: all.length };
  body.forEach((row, place) => {
    const line = all[at.line + place];
    if (!line) return;
    const cells = { ...line.cells };
    row.forEach((text, column) => {
      const name = names[column];
      if (name) cells[name] = text.trim();
    });
    all[at.line + place] = { ...line, cells };
  });
  return { lines: all, count: body.length };
}

/** What is wrong with a cell, or with a line where it is of no column. */
export interface Fault {
  /** Id of the line; null for the blotter as a whole. */
  line: number | null;
  column: ColumnName | null;
  message: string;
}

type Read = { value: unknown } | { message: string };

function readSize(text: string, m: QuantityRules["m"]): Read {
  const literal = /^([\d.,]+)\s*face$/i.exec(text)?.[1];
  if (literal && /^\d{1,15}(\.\d+)?$/.test(literal)) return { value: Number(literal) };
  const reading = readQuantity(text, { m, decimals: 2 });
  if (reading.kind === "VALUE") return { value: reading.value };
  if (reading.kind === "ASK")
    return {
      message: `${face(reading.small)} or ${face(reading.large)}? Write ${reading.small}mm or ${reading.small} face.`,
    };
  return { message: reading.kind === "FAULT" ? reading.message : "" };
}

function readNumber(text: string): Read {
  const plain = /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(",", "") : text;
  return { value: /^-?\d{1,15}(\.\d{1,12})?$/.test(plain) ? Number(plain) : text };
}

function readPercent(text: string): Read {
  const share = /^(\d{1,3}(?:\.\d+)?)\s*%$/.exec(text)?.[1];
  return share ? { value: Number((Number(share) / 100).toPrecision(12)) } : readNumber(text);
}

/** A cell as the service takes it. What it cannot be is handed on as a text, which the service refuses by name. */
function readCell({ kind }: BlotterColumn, text: string, m: QuantityRules["m"]): Read {
  switch (kind) {
    case "SIZE":
      return readSize(text, m);
    case "NUMBER":
      return readNumber(text);
    case "PERCENT":
      return readPercent(text);
    case "CODE":
      return { value: text.toUpperCase().replace(/[\s-]+/g, "_") };
    case "FLAG":
      return { value: { true: true, false: false }[text.toLowerCase()] ?? text };
    case "NAMES":
      return { value: text.split(/[;,]/).map((name) => name.trim()) };
    case "TEXT":
      return { value: text };
  }
}

/** What lines leave out, and what they may count on. */
export interface Terms {
  method: string;
  groups: readonly string[];
  settlement: string;
  metric: string;
  salesFundBuys: boolean;
  joint: boolean;
}

export const EMPTY_TERMS: Terms = {
  method: "",
  groups: [],
  settlement: "",
  metric: "",
  salesFundBuys: false,
  joint: false,
};

function defaultsOf({ method, groups, settlement, metric }: Terms): Record<string, unknown> {
  return {
    ...(settlement ? { order: { settlement_date: settlement } } : {}),
    ...(method ? { allocation_method: method } : {}),
    ...(groups.length > 0 ? { portfolio_groups: groups } : {}),
    ...(metric ? { parameters: { target_metric: metric } } : {}),
  };
}

export interface Asked {
  request: BlotterRequest;
  /** Ids of the lines that are sent, in their order. */
  ids: number[];
  /** What cannot be read here; nothing may be sent then. */
  faults: Fault[];
}

/** The request that the lines are; blank ones are left out. */
export function requestOf(lines: readonly DraftLine[], terms: Terms, m: QuantityRules["m"]): Asked {
  const faults: Fault[] = [];
  const ids: number[] = [];
  const asked = lines
    .filter((line) => !isBlank(line))
    .map(({ id, cells }) => {
      ids.push(id);
      const line: Record<string, unknown> = {};
      for (const column of COLUMNS) {
        const text = cells[column.name]?.trim() ?? "";
        if (text === "") continue;
        const read = readCell(column, text, m);
        if ("message" in read) {
          faults.push({ line: id, column: column.name, message: read.message });
          continue;
        }
        if (column.part) line[column.part] = { ...(line[column.part] as object), [column.name]: read.value };
        else line[column.name] = read.value;
      }
      return line as BlotterLine;
    });
  const request: BlotterRequest = {
    lines: asked,
    defaults: defaultsOf(terms) as BlotterLine,
    policy: { sales_fund_buys: terms.salesFundBuys },
    ...(terms.joint ? { joint: true } : {}),
  };
  return { request, ids, faults };
}

/** Where the service found an error: `lines.3.order.quantity` is the quantity of the fourth line that was sent. */
export function faultOf(field: string, message: string, ids: readonly number[]): Fault {
  const [part, place, ...rest] = field.split(".");
  const column = rest.map(columnOf).find((name) => name !== null) ?? null;
  const line = part === "lines" && place !== undefined ? (ids[Number(place)] ?? null) : null;
  if (line === null) return { line: null, column: null, message: `${field}: ${message}` };
  const path = rest.filter((name) => !/^\d+$/.test(name)).join(".");
  return { line, column, message: column === null && path ? `${path}: ${message}` : message };
}

/** The same with the number of the line, as it stands beside it. */
export function faultInWords({ line, column, message }: Fault, lines: readonly DraftLine[]): string {
  if (line === null) return message;
  const number = lines.findIndex(({ id }) => id === line) + 1;
  const header = COLUMNS.find(({ name }) => name === column)?.header;
  return `Line ${number}${header ? `, ${header}` : ""}: ${message}`;
}
