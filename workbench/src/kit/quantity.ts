/**
 * Reads a size as desks type it: 250k, 5mm, 1.5mm, 1bn, 1,500,000. What has two meanings is asked; what has none is
 * refused with a reason. Nothing is rounded, and nothing is guessed.
 */
import { face } from "./format";

export type QuantityFault =
  | "NOT_A_NUMBER"
  | "NEGATIVE"
  | "TWO_UNITS"
  | "UNKNOWN_UNIT"
  | "UNIT_NOT_KNOWN_YET"
  | "DECIMAL_COMMA"
  | "MISPLACED_COMMAS"
  | "TOO_MANY_DIGITS"
  | "ZERO"
  | "FRACTION"
  | "BELOW_MINIMUM"
  | "OFF_INCREMENT"
  | "ABOVE_MAXIMUM";

export type QuantityReading =
  | { kind: "EMPTY" }
  | { kind: "VALUE"; value: number }
  /** A bare small number: as typed, or in millions? */
  | { kind: "ASK"; small: number; large: number }
  | { kind: "FAULT"; fault: QuantityFault; message: string };

export interface QuantityRules {
  /** What m means at this desk (GET /v1/system/desk); null while that is not known. */
  m: "MILLION" | "THOUSAND" | null;
  /** Smallest piece of the bond. */
  minimum?: number;
  /** Step of the bond. */
  increment?: number;
  /** Most that is accepted. */
  maximum?: number | null;
  /** 0 is an answer, such as the most that an account gets. */
  zero?: boolean;
  /** So many decimals may be typed: 2 for money. */
  decimals?: number;
}

const ZEROS_OF = { k: 3, mm: 6, mio: 6, b: 9, bn: 9 } as const;
const UNITS = "k, m, mm, mio, b or bn";
/** Below this, a number without a unit may mean millions. */
const ASK_BELOW = 1_000;
/** More digits than a number holds exactly. */
const MOST_DIGITS = 15;

function fault(code: QuantityFault, message: string): QuantityReading {
  return { kind: "FAULT", fault: code, message };
}

function zerosOf(unit: string, m: QuantityRules["m"]): number | null {
  if (unit === "") return 0;
  if (unit === "m") return m === "THOUSAND" ? 3 : 6;
  return unit in ZEROS_OF ? ZEROS_OF[unit as keyof typeof ZEROS_OF] : null;
}

/** What is wrong with the digits before the unit; null where they are a number such as 1,500.25. */
function faultOfDigits(digits: string): QuantityReading | null {
  if (/^(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$/.test(digits) || /^\.\d+$/.test(digits)) return null;
  if (
    /^\d+,\d{1,2}$/.test(digits) ||
    /^\d{1,3}(\.\d{3})+(,\d+)?$/.test(digits) ||
    /^\d+,\d{4,}$/.test(digits)
  )
    return fault("DECIMAL_COMMA", "Decimals follow a point, thousands a comma: 1.5mm or 1,500,000.");
  if (/^[\d,]+(\.\d+)?$/.test(digits))
    return fault("MISPLACED_COMMAS", "The commas are not between thousands: 1,500,000.");
  return fault("NOT_A_NUMBER", "This is not a number. Type 250k, 5mm or 1,500,000.");
}

/** Whether a value may be taken; the reason why not. */
export function quantityFault(value: number, rules: QuantityRules): QuantityReading | null {
  const { minimum = 0, increment = 0, maximum = null, decimals = 0 } = rules;
  if (value === 0 && rules.zero) return null;
  if (value === 0) return fault("ZERO", "Type more than 0.");
  if (Math.abs(value * 10 ** decimals - Math.round(value * 10 ** decimals)) > 1e-6)
    return fault(
      "FRACTION",
      decimals === 0 ? "This is no whole number." : `No more than ${decimals} decimals are possible.`,
    );
  if (value < minimum) return fault("BELOW_MINIMUM", `The smallest piece is ${face(minimum)}.`);
  if (increment > 0 && value % increment !== 0)
    return fault("OFF_INCREMENT", `This is no multiple of ${face(increment)}, the step of this bond.`);
  if (maximum !== null && value > maximum)
    return fault("ABOVE_MAXIMUM", `No more than ${face(maximum)} is possible.`);
  return null;
}

export function readQuantity(text: string, rules: QuantityRules): QuantityReading {
  const typed = text.trim().toLowerCase();
  if (typed === "") return { kind: "EMPTY" };
  if (/^([-−–]|\().*\d/.test(typed))
    return fault("NEGATIVE", "Type the size without a sign: the side says which way.");
  const parts = /^([\d.,]+)\s*([a-z]*)$/.exec(typed);
  if (!parts)
    return /\d\s*[a-z]+[\s,]*\d/.test(typed) || /[a-z]\s+[a-z]/.test(typed)
      ? fault("TWO_UNITS", `Type one number with one unit: ${UNITS}.`)
      : fault("NOT_A_NUMBER", "This is not a number. Type 250k, 5mm or 1,500,000.");
  const [, digits = "", unit = ""] = parts;
  const wrong = faultOfDigits(digits);
  if (wrong) return wrong;
  if (unit === "m" && rules.m === null)
    return fault("UNIT_NOT_KNOWN_YET", "What m means is being read. Type mm or k, or wait a moment.");
  const zeros = zerosOf(unit, rules.m);
  if (zeros === null)
    return /^(k|mm?|mio|bn?)(k|mm?|mio|bn?)+$/.test(unit)
      ? fault("TWO_UNITS", `Type one number with one unit: ${UNITS}.`)
      : fault("UNKNOWN_UNIT", `The unit "${unit}" is not known. Type ${UNITS}.`);
  const value = shifted(digits, zeros);
  if (value === null) return fault("TOO_MANY_DIGITS", "This number has too many digits.");
  if (unit === "" && !digits.includes(",") && value > 0 && value < ASK_BELOW) {
    const large = shifted(digits, 6);
    if (large !== null) return { kind: "ASK", small: value, large };
  }
  return quantityFault(value, rules) ?? { kind: "VALUE", value };
}

/** What a field says: its text, and for a question the answer that was given to it. */
export function settledQuantity(text: string, answer: number | null, rules: QuantityRules): QuantityReading {
  const reading = readQuantity(text, rules);
  if (reading.kind !== "ASK" || (answer !== reading.small && answer !== reading.large)) return reading;
  return quantityFault(answer, rules) ?? { kind: "VALUE", value: answer };
}

/** Digits times a power of ten, exactly: 1.1 and 6 zeros are 1100000. */
function shifted(digits: string, zeros: number): number | null {
  const [whole = "", fraction = ""] = digits.replaceAll(",", "").split(".");
  const moved = fraction.slice(0, zeros).padEnd(zeros, "0");
  const exact = `${whole}${moved}`.replace(/^0+/, "");
  const rest = fraction.slice(zeros).replace(/0+$/, "");
  if (exact.length + rest.length > MOST_DIGITS) return null;
  return Number(`${exact || "0"}${rest ? `.${rest}` : ""}`);
}
