/** The columns of a blotter: those of its file, by the same names. */
export const COLUMN_NAMES = [
  "security_id",
  "side",
  "quantity",
  "allocation_method",
  "portfolio_groups",
  "priority",
  "settlement_date",
  "price",
  "notional",
  "percent_of_nav",
  "base_metric",
  "target_metric",
  "respect_cash",
  "min_allocation",
  "compliance_check",
] as const;
export type ColumnName = (typeof COLUMN_NAMES)[number];

/** How a cell is read: SIZE knows the desk's shorthand, CODE is a value of a closed list. */
type Kind = "TEXT" | "CODE" | "SIZE" | "NUMBER" | "PERCENT" | "FLAG" | "NAMES";

export interface BlotterColumn {
  name: ColumnName;
  header: string;
  /** Part of the line that it is in; none for the line itself. */
  part?: "order" | "parameters" | "constraints";
  kind: Kind;
  width: number;
  help: string;
}

export const COLUMNS: readonly BlotterColumn[] = [
  {
    name: "security_id",
    header: "Bond",
    part: "order",
    kind: "TEXT",
    width: 112,
    help: "CUSIP or ISIN of the bond",
  },
  { name: "side", header: "Side", part: "order", kind: "CODE", width: 70, help: "BUY or SELL" },
  {
    name: "quantity",
    header: "Face",
    part: "order",
    kind: "SIZE",
    width: 112,
    help: "Face to split, such as 5mm or 250k; or give Notional or Of NAV instead",
  },
  {
    name: "allocation_method",
    header: "Method",
    kind: "CODE",
    width: 130,
    help: "PRO_RATA or MIN_DISPERSION; empty for the default",
  },
  {
    name: "portfolio_groups",
    header: "Groups",
    kind: "NAMES",
    width: 150,
    help: "Groups, separated by semicolons; empty for the default",
  },
  {
    name: "priority",
    header: "Priority",
    kind: "NUMBER",
    width: 80,
    help: "A smaller one comes first, lines without one last",
  },
  {
    name: "settlement_date",
    header: "Settlement",
    part: "order",
    kind: "TEXT",
    width: 106,
    help: "As 2026-07-01; empty for the default",
  },
  {
    name: "price",
    header: "Price",
    part: "order",
    kind: "NUMBER",
    width: 84,
    help: "Clean price per 100 instead of the market's",
  },
  {
    name: "notional",
    header: "Notional",
    part: "order",
    kind: "SIZE",
    width: 110,
    help: "Principal to trade instead of a face",
  },
  {
    name: "percent_of_nav",
    header: "Of NAV",
    part: "order",
    kind: "PERCENT",
    width: 84,
    help: "Principal as a part of NAV instead of a face: 0.05, or 5 %",
  },
  {
    name: "base_metric",
    header: "Pro-rata by",
    part: "parameters",
    kind: "CODE",
    width: 110,
    help: "What a pro-rata share is proportional to, such as NAV",
  },
  {
    name: "target_metric",
    header: "Metric",
    part: "parameters",
    kind: "CODE",
    width: 130,
    help: "The metric whose dispersion is minimised, such as DURATION",
  },
  {
    name: "respect_cash",
    header: "Respect cash",
    part: "constraints",
    kind: "FLAG",
    width: 110,
    help: "true or false; true where empty",
  },
  {
    name: "min_allocation",
    header: "Least face",
    part: "constraints",
    kind: "SIZE",
    width: 100,
    help: "Least face of an account that gets any",
  },
  {
    name: "compliance_check",
    header: "Compliance",
    part: "constraints",
    kind: "FLAG",
    width: 104,
    help: "true or false; true where empty",
  },
];

export const COLUMN = Object.fromEntries(COLUMNS.map((column) => [column.name, column])) as Record<
  ColumnName,
  BlotterColumn
>;

const key = (text: string) =>
  text
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, " ");
const BY_KEY = new Map(
  COLUMNS.flatMap(({ name, header }) => [
    [key(name), name],
    [key(header), name],
  ]),
);

/** The column that a heading names, by the file's name or by that on the screen; null for none. */
export function columnOf(heading: string): ColumnName | null {
  return BY_KEY.get(key(heading)) ?? null;
}
