import { price as priceText, signed } from "../../../kit/format";

/** A number read from a field: EMPTY, its value, or what is wrong with it. */
export type Reading =
  | { kind: "EMPTY" }
  | { kind: "VALUE"; value: number }
  | { kind: "FAULT"; message: string };

const PLAIN = /^(\d+\.?\d*|\.\d+)$/;

/** A clean price per 100 of face, in decimals: 98.5. */
export function readPrice(text: string): Reading {
  const typed = text.trim();
  if (typed === "") return { kind: "EMPTY" };
  if (!PLAIN.test(typed))
    return {
      kind: "FAULT",
      message: "Type a clean price in decimals, such as 98.5, or nothing for the market's.",
    };
  const value = Number(typed);
  if (value < 0.0001 || value > 1_000)
    return { kind: "FAULT", message: "A clean price lies between 0.0001 and 1,000." };
  return { kind: "VALUE", value };
}

/** Per cent of NAV as typed, 5 or 5 %, as a fraction: 0.05. */
export function readPercent(text: string): Reading {
  const typed = text.trim().replace(/\s*%$/, "");
  if (typed === "") return { kind: "EMPTY" };
  if (!PLAIN.test(typed)) return { kind: "FAULT", message: "Type per cent of NAV, such as 0.5 for 0.5 %." };
  const value = Number((Number(typed) / 100).toPrecision(12));
  if (value <= 0 || value > 1) return { kind: "FAULT", message: "Type more than 0 and at most 100 %." };
  return { kind: "VALUE", value };
}

/** How far a price is from the market's, in points and as a fraction of the market's. */
export function priceDistance(typed: number, market: number): { points: number; fraction: number } {
  return { points: typed - market, fraction: (typed - market) / market };
}

/** The distance in words: +0.281 (+0.28 %) from 99.781. */
export function distanceText(typed: number, market: number): string {
  const { points, fraction } = priceDistance(typed, market);
  const perCent = signed((value) => (value ?? 0).toFixed(2), fraction * 100);
  return `${signed(priceText, points)} (${perCent} %) from the market's ${priceText(market)}`;
}

/** Day of the week of a date, for the eye: 2026-12-01 is a Tuesday. */
export function weekday(date: Date): string {
  return date.toLocaleDateString("en-GB", { weekday: "long", timeZone: "UTC" });
}
