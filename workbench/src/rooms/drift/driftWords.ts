import type {
  BookDrift,
  DriftWarningType,
  SetDrift,
  Standing,
  TargetDimension,
  TargetScope,
  Worst,
} from "../../api/generated/api";
import { count, date, metric, points, signed, UNKNOWN, words } from "../../kit/format";

export const DIMENSIONS: Record<TargetDimension, string> = {
  ASSET_CLASS: "Asset class",
  SECTOR: "Sector",
  RATING: "Rating",
  DURATION_BUCKET: "Duration bucket",
  COUNTRY: "Country",
  SECURITY: "Security",
  METRIC: "Risk metric",
};
export const SCOPES: Record<TargetScope, string> = {
  GROUP: "Group",
  ACCOUNT: "Account",
};

/** What warnings of a list mean; the account itself says more. */
export const WARNINGS: Record<DriftWarningType, string> = {
  SHORT_POSITION: "It has a short position.",
  HOLDINGS_DIFFER: "Its holdings do not add up to its NAV.",
  UNKNOWN_CLASS: "It has a class without a target.",
  MISSING_NAV: "Aladdin has no NAV above zero.",
  MISSING_CASH: "Aladdin has no cash.",
  MISSING_MARKET_VALUE: "A position has no market value.",
  MISSING_CLASS: "The class of a position is not known.",
  MISSING_METRIC: "The metric is not known.",
  MISSING_BENCHMARK: "The metric of its benchmark is not known.",
  MIXED_CURRENCIES: "The accounts are in different currencies.",
};

/** Classes whose names are no words of a list, but those that the security master or a market has. */
const CODED: readonly TargetDimension[] = ["SECTOR", "RATING", "DURATION_BUCKET", "COUNTRY", "SECURITY"];

/** A class, or a metric, as it is shown. */
export function className(dimension: TargetDimension, key: string): string {
  if (key === "etfs") return "ETFs";
  if (key !== "cash" && key !== "unclassified" && CODED.includes(dimension)) return key;
  return words(key);
}

/** Drift with its sign: points, and years of metrics. */
export function driftSize(dimension: TargetDimension, value: number | null): string {
  return signed(dimension === "METRIC" ? metric : points, value);
}

export function unit(dimension: TargetDimension): string {
  return dimension === "METRIC" ? "years" : "points";
}

/** Bonds 7.20 points over its target, beyond its band of 5.00 points. */
export function worstWords(
  dimension: TargetDimension,
  { key, side, difference, band, is_out }: Worst,
): string {
  const format = dimension === "METRIC" ? metric : points;
  const name = unit(dimension);
  const where = side === "OVER" ? "over" : "under";
  return (
    `${className(dimension, key)} ${format(Math.abs(difference))} ${name} ${where} its target, ` +
    `${is_out ? "beyond" : "within"} its band of ${format(band)} ${name}`
  );
}

function accountsOf(rows: readonly Standing[]): number {
  return new Set(rows.map(({ account_id }) => account_id)).size;
}

const accountWords = (number: number) => `${count(number)} ${number === 1 ? "account" : "accounts"}`;

/** How many accounts are out of band, and which is the worst, in a sentence or two. `rows` come worst first. */
export function standingsWords(rows: readonly Standing[]): string {
  const out = rows.filter(({ needs_rebalancing }) => needs_rebalancing);
  const unknown = accountsOf(rows.filter(({ worst }) => worst === null));
  const all = accountsOf(rows);
  const number = accountsOf(out);
  const measured = unknown > 0 ? ` ${accountWords(unknown)} cannot be measured: see the warnings.` : "";
  if (number === 0)
    return unknown === 0
      ? `All ${accountWords(all)} with targets are within their bands.`
      : `No account of ${count(all)} with targets is out of band.${measured}`;
  const [first] = out;
  const worst = first?.worst
    ? ` The worst is ${first.account_id}: ${worstWords(first.dimension, first.worst)}.`
    : "";
  return `${count(number)} of ${accountWords(all)} with targets ${number === 1 ? "is" : "are"} out of band.${worst}${measured}`;
}

/** 2026-06-29, 1 business day old. */
export function ageWords({
  reference_date,
  reference_age_business_days: age,
  stale,
}: Pick<BookDrift, "reference_date" | "reference_age_business_days" | "stale">): string {
  if (reference_date === null) return UNKNOWN;
  const days =
    age === null
      ? ""
      : age === 0
        ? ", of today"
        : `, ${count(age)} business ${age === 1 ? "day" : "days"} old`;
  return `${date(reference_date)}${days}${stale ? ": stale" : ""}`;
}

/** Where targets are read and stated. */
export function targetsPath(scope: TargetScope, id: string, dimension?: TargetDimension): string {
  const search = new URLSearchParams({ scope, id, ...(dimension && { dimension }) });
  return `/drift/targets?${search}`;
}

/** The group PUBLICPRE, version 2. */
export function heldWords({ scope, scope_id, target_set_version }: SetDrift): string {
  return `${SCOPES[scope]} ${scope_id}, version ${target_set_version}`;
}

/** Which classes of a book are out of band, for who does not see the picture. */
export function pictureWords(
  of: string,
  { dimension, classes }: Pick<SetDrift, "dimension" | "classes">,
): string {
  const out = classes
    .filter(({ is_out }) => is_out)
    .map(
      (each) => `${className(dimension, each.key)} ${driftSize(dimension, each.difference_percent)} points`,
    );
  return (
    `Current against target of ${of} by class, ${classes.length} classes. ` +
    (out.length === 0 ? "All are within their bands." : `Out of band: ${out.join(", ")}.`)
  );
}
