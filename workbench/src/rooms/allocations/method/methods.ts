import type {
  AllocationMethod,
  BaseMetric,
  DispersionWeighting,
  RemainderHandling,
  TargetMetric,
} from "../../../api/generated/api";

/** A value of a closed list: its name, and one sentence on what it does. */
export interface Option<Value extends string> {
  value: Value;
  title: string;
  sentence: string;
}

/** The methods, each with an example in numbers (docs/rules.md, R6.1, R7.2 and R8.3). */
export const METHODS: readonly (Option<AllocationMethod> & { example: string })[] = [
  {
    value: "PRO_RATA",
    title: "Pro-rata",
    sentence:
      "Shares in proportion to NAV, or to another base; what an account cannot take goes to the others.",
    example: "3,800,000 over NAVs of 100, 150, 80 and 50 million: 1,000,000, 1,500,000, 800,000 and 500,000.",
  },
  {
    value: "CUSTOM_WEIGHTS",
    title: "Custom weights",
    sentence:
      "Your own weights, or stated amounts, by account; what an account cannot take stays unallocated.",
    example:
      "1,000,000 at 30 %, 30 % and 40 %: 300,000, 300,000 and 400,000; with room for 350,000, 50,000 stay.",
  },
  {
    value: "MIN_DISPERSION",
    title: "Min dispersion",
    sentence: "The split that brings the accounts' metric closest together, with a proof of how good it is.",
    example:
      "8,000,000 over four accounts: standard deviation from 0.2586 to 0.1973 years; pro-rata gets 0.2590.",
  },
];

/** The name of a method, as every page writes it. */
export function methodName(method: AllocationMethod): string {
  return METHODS.find(({ value }) => value === method)?.title ?? method;
}

export const BASES: readonly Option<BaseMetric>[] = [
  { value: "NAV", title: "NAV", sentence: "Net asset value of the account." },
  { value: "MARKET_VALUE", title: "Market value", sentence: "Market value of all positions, without cash." },
  { value: "POSITION", title: "Position in the bond", sentence: "Face that the account holds of this bond." },
  { value: "EQUAL", title: "Equal parts", sentence: "The same part for every account." },
  { value: "CASH", title: "Available cash", sentence: "Cash that is available, in a sale, too." },
  {
    value: "GAP",
    title: "Gap to the benchmark",
    sentence: "Face that would bring the account's metric to its benchmark; nothing where it is past it.",
  },
  {
    value: "ORDER_SIZE",
    title: "Own orders",
    sentence: "Each account's own order in face, which it never gets more of.",
  },
  { value: "CUSTOM", title: "Custom amounts", sentence: "Amounts that you give for each account." },
];

export const METRICS: readonly Option<TargetMetric>[] = [
  {
    value: "ACTIVE_SPREAD_DURATION",
    title: "Active spread duration",
    sentence: "Spread duration less the benchmark's, in years.",
  },
  { value: "DURATION", title: "Duration", sentence: "Option-adjusted duration, in years." },
  { value: "OAS", title: "OAS", sentence: "Option-adjusted spread, in basis points." },
  { value: "DTS", title: "DTS", sentence: "Duration times spread; it has no benchmark." },
];

export const WEIGHTINGS: readonly Option<DispersionWeighting>[] = [
  { value: "EQUAL", title: "Every account alike", sentence: "Each account counts once." },
  { value: "NAV", title: "By NAV", sentence: "Large accounts count more." },
];

export const REMAINDERS: readonly Option<RemainderHandling>[] = [
  { value: "NONE", title: "Stays unallocated", sentence: "Nobody gets it." },
  { value: "PRO_RATA", title: "By NAV", sentence: "To accounts that are not named, by NAV." },
  { value: "EQUAL", title: "Equally", sentence: "To accounts that are not named, in equal parts." },
];

/** Bases for which every account's amount is typed. */
export function wantsAmounts(base: BaseMetric): boolean {
  return base === "CUSTOM" || base === "ORDER_SIZE";
}
