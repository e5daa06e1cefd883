/** Numbers as they are typed into cells and pasted from spreadsheets. Each is read in one way, or refused. */
import { type QuantityRules, readQuantity } from "../../../kit/quantity";

/**
 * percent: "25" and "25 %" are 25 %; "0.25" is a quarter of one per cent. parts: any number, such as 60 and 40.
 * face and money: with the desk's shorthand, such as 5mm. rank: a whole number, such as a priority.
 */
export type AmountKind = "percent" | "parts" | "face" | "money" | "rank";

export type Reading = { value: number | null } | { message: string };

const GROUPED = /^\d{1,3}(,\d{3})+(\.\d+)?$/;
const PLAIN = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const DECIMAL_COMMA = /^(\d+|\d{1,3}(\.\d{3})+),\d+$/;

/** A plain decimal: the point or a comma before decimals, commas between thousands, alone where numbers are `large`. */
function readDecimal(text: string, large: boolean): Reading {
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

/** A number as a cell holds it; null for an empty cell, which takes the amount away. */
export function readAmount(text: string, kind: AmountKind, typed?: QuantityRules["m"]): Reading {
  const clean = cleaned(text);
  if (clean === "") return { value: null };
  if (NEGATIVE.test(clean)) return { message: `${clean} is negative: 0 or more is expected.` };
  if ((kind === "face" || kind === "money") && /[a-z]$/i.test(clean))
    return readShorthand(clean, kind, typed);
  const percent = clean.endsWith("%");
  if (percent && kind !== "percent")
    return { message: `${clean} is a percentage, and a number is expected.` };
  const reading = readDecimal(
    clean.replace(/\s*%$/, "").replaceAll(" ", ""),
    kind !== "percent" && kind !== "parts",
  );
  if ("message" in reading || reading.value === null) return reading;
  if (typed !== undefined && (kind === "face" || kind === "money") && asksForUnit(clean, reading.value))
    return { message: `${clean} or ${clean},000,000? Type ${clean}mm or ${clean}k.` };
  return bounded(reading.value, kind);
}

function bounded(value: number, kind: AmountKind): Reading {
  if (!Number.isFinite(value) || value > 1e15) return { message: "The number is too large." };
  if (kind === "rank" && (!Number.isInteger(value) || value < 1))
    return { message: "A whole number from 1 on is expected." };
  if (kind === "face" && Math.abs(value * 100 - Math.round(value * 100)) > 1e-6)
    return { message: "Face has at most two decimals." };
  return { value };
}

/** A small bare number that is typed may mean millions; one of a spreadsheet is what it says. */
function asksForUnit(text: string, value: number): boolean {
  return /^\d+$/.test(text) && value > 0 && value < 1_000;
}

function readShorthand(text: string, kind: "face" | "money", m: QuantityRules["m"] = null): Reading {
  const reading = readQuantity(text, { m, zero: true, decimals: kind === "money" ? 2 : 0 });
  if (reading.kind === "VALUE") return { value: reading.value };
  return { message: reading.kind === "FAULT" ? reading.message : `"${text}" is not a number.` };
}

/** Without the dust of binary fractions: 1.1 / 100 is 0.011. */
export function tidy(value: number): number {
  return Number(value.toPrecision(15));
}

/** Per cent of a fraction, and back. */
export const toPercent = (fraction: number): number => tidy(fraction * 100);
export const toFraction = (percent: number): number => tidy(percent / 100);
