/** Numbers as they are typed into cells and pasted from spreadsheets. Each is read in one way, or refused. */
import { face } from "../../../kit/format";
import { type QuantityRules, readQuantity } from "../../../kit/quantity";

/**
 * percent: "25" and "25 %" are 25 %; "0.25" is a quarter of one per cent. parts: any number, such as 60 and 40.
 * face and money: with the desk's shorthand, such as 5mm. rank: a whole number, such as a priority. years: of a metric,
 * which alone may be negative.
 */
export type AmountKind = "percent" | "parts" | "face" | "money" | "rank" | "years";

export type Reading = { value: number | null } | { message: string };

/** Kinds whose numbers are small: a point in them is before decimals. */
const SMALL: readonly AmountKind[] = ["percent", "parts", "years"];

const GROUPED = /^\d{1,3}(,\d{3})+(\.\d+)?$/;
/** Thousands with a point, or three decimals. */
const ONE_GROUP = /^[1-9]\d{0,2}\.\d{3}$/;
const SPACED = /^\d{1,3}( \d{3})+([.,]\d+)?$/;
const PLAIN = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const DECIMAL_COMMA = /^(\d+|\d{1,3}(\.\d{3})+),\d+$/;

/** A plain decimal: the point or a comma before decimals, commas between thousands, alone where numbers are `large`. */
function readDecimal(text: string, large: boolean): Reading {
  if (large && ONE_GROUP.test(text)) {
    const [before, after] = text.split(".");
    return { message: `${text} may be ${before}${after} or ${Number(text)}: write it without a point.` };
  }
  if (PLAIN.test(text)) return { value: Number(text) };
  if (GROUPED.test(text)) {
    const oneGroup = /^\d{1,3},\d{3}$/.test(text);
    if (large || !oneGroup) return { value: Number(text.replaceAll(",", "")) };
    if (text.startsWith("0,")) return { value: Number(text.replace(",", ".")) };
    const [before, after] = text.split(",");
    return { message: `${text} may be ${before}.${after} or ${before}${after}: write it without a comma.` };
  }
  if (DECIMAL_COMMA.test(text)) return { value: Number(text.replaceAll(".", "").replace(",", ".")) };
  return { message: `"${text}" is not a number.` };
}

/** Signs of a negative number: a dash of any kind, or brackets as accountants write them. */
const NEGATIVE = /^([-−–]\s*\.?\d|\(.*\d.*\)$)/;

function cleaned(text: string): string {
  return text
    .trim()
    .replace(/[\s\u00a0\u202f']+/g, " ")
    .replace(/^\$ ?/, "");
}

/** A number of a spreadsheet, which says what it says; null for an empty cell. `m` is what 5m means at this desk. */
export function readAmount(text: string, kind: AmountKind, m: QuantityRules["m"] = null): Reading {
  const clean = cleaned(text);
  if (clean === "") return { value: null };
  if (kind === "years" && /^[-−–]/.test(clean)) return negated(readAmount(clean.slice(1), "parts"));
  if (NEGATIVE.test(clean)) return { message: `${clean} is negative: 0 or more is expected.` };
  const large = kind === "face" || kind === "money";
  if (large && /[a-z]$/i.test(clean)) return readTyped(clean, kind, m);
  if (clean.endsWith("%") && kind !== "percent")
    return { message: `${clean} is a percentage, and a number is expected.` };
  const number = clean.replace(/\s*%$/, "");
  if (number.includes(" ") && !SPACED.test(number)) return { message: `"${number}" is not a number.` };
  const bare = number.replaceAll(" ", "");
  const reading = readDecimal(bare, !SMALL.includes(kind));
  return "message" in reading || reading.value === null ? reading : bounded(reading.value, kind);
}

function negated(reading: Reading): Reading {
  return "value" in reading && reading.value ? { value: -reading.value } : reading;
}

function bounded(value: number, kind: AmountKind): Reading {
  if (!Number.isFinite(value) || value > 1e15) return { message: "The number is too large." };
  if (kind === "rank" && (!Number.isInteger(value) || value < 1))
    return { message: "A whole number from 1 on is expected." };
  if (kind === "face" && Math.abs(value * 100 - Math.round(value * 100)) > 1e-6)
    return { message: "Face has at most two decimals." };
  return { value };
}

/** A number as it is typed into a cell: sizes in the desk's shorthand, of which a small bare one may mean millions. */
export function readTyped(text: string, kind: AmountKind, m: QuantityRules["m"]): Reading {
  if (kind !== "face" && kind !== "money") return readAmount(text, kind, m);
  const reading = readQuantity(text, { m, zero: true, decimals: 2 });
  if (reading.kind === "EMPTY") return { value: null };
  if (reading.kind === "VALUE") return { value: reading.value };
  if (reading.kind === "FAULT") return { message: reading.message };
  const { small, large } = reading;
  return { message: `${small} or ${face(large)}? Type ${small}mm, or ${small / 1000}k.` };
}

/** Without the dust of binary fractions: 1.1 / 100 is 0.011. */
export function tidy(value: number): number {
  return Number(value.toPrecision(15));
}

/** Per cent of a fraction, and back. */
export const toPercent = (fraction: number): number => tidy(fraction * 100);
export const toFraction = (percent: number): number => tidy(percent / 100);
