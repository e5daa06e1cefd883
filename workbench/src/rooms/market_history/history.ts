/** Prices of one asset: the days, what is missing between them, and the whole in words. */
import type { MarketSeries } from "../../api/generated/api";
import { count, percent, price } from "../../kit/format";

const MILLISECONDS_OF_A_DAY = 86_400_000;
/** A weekend with a holiday beside it: the longest time without a price that says nothing. */
export const LONGEST_USUAL_DAYS = 4;

export interface DayPrice {
  /** Milliseconds since 1970, for an axis. */
  at: number;
  day: string;
  price: number;
}

/** Calendar days between two prices that follow each other. */
export interface Gap {
  from: string;
  to: string;
  days: number;
}

const timeOf = (day: string) => Date.parse(`${day}T00:00:00Z`);

/** The days with a price, in their order. */
export function pricesOf({ dates, prices }: Pick<MarketSeries, "dates" | "prices">): DayPrice[] {
  return dates.flatMap((day, place) => {
    const value = prices?.[place];
    return value === null || value === undefined ? [] : [{ at: timeOf(day), day, price: value }];
  });
}

/** Longer times without a price than a weekend with a holiday, the longest first. */
export function gapsOf(prices: readonly DayPrice[]): Gap[] {
  return prices
    .flatMap(({ at, day }, place) => {
      const before = prices[place - 1];
      if (!before) return [];
      const days = Math.round((at - before.at) / MILLISECONDS_OF_A_DAY);
      return days > LONGEST_USUAL_DAYS ? [{ from: before.day, to: day, days }] : [];
    })
    .sort((one, other) => other.days - one.days || one.from.localeCompare(other.from));
}

/** At most so many of them at equal distances, the first and the last among them: a screen has no room for more. */
export function thinned<Row>(rows: readonly Row[], most: number): readonly Row[] {
  if (rows.length <= most) return rows;
  const step = (rows.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, place) => rows[Math.round(place * step)] as Row);
}

/** The picture in sentences, for who does not see it. */
export function priceWords(symbol: string, prices: readonly DayPrice[]): string {
  const [first, last] = [prices[0], prices.at(-1)];
  if (!first || !last) return `${symbol} has no price in these dates.`;
  const values = prices.map((each) => each.price);
  const lowest = values.reduce((one, other) => Math.min(one, other));
  const highest = values.reduce((one, other) => Math.max(one, other));
  const days = `${count(prices.length)} ${prices.length === 1 ? "price" : "prices"}`;
  return (
    `${symbol}: ${days} from ${first.day} to ${last.day}, between ${price(lowest)} and ${price(highest)}. ` +
    `First ${price(first.price)}, last ${price(last.price)}, a change of ${percent(last.price / first.price - 1)}.`
  );
}

export function gapWords(gaps: readonly Gap[]): string {
  if (gaps.length === 0)
    return `No two prices are more than ${LONGEST_USUAL_DAYS} calendar days apart in these dates.`;
  return `${count(gaps.length)} ${gaps.length === 1 ? "time" : "times"} two prices are more than ${LONGEST_USUAL_DAYS} calendar days apart.`;
}

/** The address of an asset's prices. */
export function assetPath(symbol: string): string {
  return `/market-data?${new URLSearchParams({ asset: symbol })}`;
}
