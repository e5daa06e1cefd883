/**
 * How numbers, dates and ids are written, the same on every page. A value that is not known is a dash, never a zero.
 */
export const UNKNOWN = "–";

type Maybe = number | null | undefined;

function formatter(digits: number, extra: Intl.NumberFormatOptions = {}): (value: Maybe) => string {
  const format = new Intl.NumberFormat("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: "negative",
    ...extra,
  });
  return (value) =>
    value === null || value === undefined || Number.isNaN(value) ? UNKNOWN : format.format(value);
}

/** Face, in whole units of the currency; pieces of a unit are shown where there are any. */
export const face = formatter(0, { maximumFractionDigits: 2 });
/** Money in whole units of the currency, as tables show it. */
export const money = formatter(0);
/** Money to the cent. */
export const cents = formatter(2);
/** Clean price in per cent of face, with as many decimals as it has. */
export const price = formatter(3, { maximumFractionDigits: 6 });
/** A share given as a fraction: 0.125 is 12.50 %. */
export const percent = formatter(2, { style: "percent" });
/** Percentage points, and shares that are given in per cent. */
export const points = formatter(2);
/** Years of duration, and every other metric. */
export const metric = formatter(4);
/** Spreads in basis points. */
export const basisPoints = formatter(1);
/** Count. */
export const count = formatter(0);

/** A number with its sign: what an edit moved, what a method costs. */
export function signed(format: (value: Maybe) => string, value: Maybe): string {
  const text = format(value);
  return typeof value === "number" && value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

const moment = new Intl.DateTimeFormat("en-GB", {
  year: "numeric",
  month: "short",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false,
});

/** A moment in the time of the user's machine: 29 Nov 2026, 19:13:53. */
export function dateTime(iso: string | null | undefined): string {
  return iso ? moment.format(new Date(iso)) : UNKNOWN;
}

/** Time of day of a moment: 19:13:53. */
export function timeOfDay(iso: string | null | undefined): string {
  return iso ? new Date(iso).toLocaleTimeString("en-GB") : UNKNOWN;
}

/** A date as it is stored, YYYY-MM-DD: the same for every reader. */
export function date(iso: string | null | undefined): string {
  return iso || UNKNOWN;
}

/** The first characters of a long id; whole ids are in the link's title. */
export function shortId(id: string): string {
  return id.length > 12 ? `${id.slice(0, 8)}…` : id;
}

/** Abbreviations that stay in capitals inside words. */
const CAPITALS = new Set(["US", "USD", "EUR", "NAV", "OAS", "DTS", "FIX", "ESG", "SSO"]);

/** A name of a closed list in words: MIN_DISPERSION is Min dispersion, US_CREDIT is US credit. */
export function words(code: string): string {
  const text = code
    .split("_")
    .map((part) => (CAPITALS.has(part) ? part : part.toLowerCase()))
    .join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
