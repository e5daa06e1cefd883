import type { GroupAccount } from "../../api/generated/api";
import { count, metric, signed } from "../../kit/format";

export interface Dispersion {
  known: number;
  unknown: number;
  mean: number;
  /** Of the population, each account counted alike. */
  standardDeviation: number;
  least: { accountId: string; value: number };
  most: { accountId: string; value: number };
}

type Measured = Pick<GroupAccount, "account_id" | "active_spread_duration">;

/** How far accounts are apart in active spread duration; null where fewer than two of them are known. */
export function dispersionOf(accounts: readonly Measured[]): Dispersion | null {
  const known = accounts.flatMap(({ account_id, active_spread_duration: value }) =>
    value === null ? [] : [{ accountId: account_id, value }],
  );
  const [first] = known;
  if (first === undefined || known.length < 2) return null;
  const mean = known.reduce((sum, { value }) => sum + value, 0) / known.length;
  const variance = known.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / known.length;
  return {
    known: known.length,
    unknown: accounts.length - known.length,
    mean,
    standardDeviation: Math.sqrt(variance),
    least: known.reduce((least, each) => (each.value < least.value ? each : least), first),
    most: known.reduce((most, each) => (each.value > most.value ? each : most), first),
  };
}

/** The dispersion in sentences. */
export function dispersionWords(found: Dispersion | null): string {
  if (found === null) return "Dispersion needs at least two accounts whose spread duration is known.";
  const years = (value: number) => signed(metric, value);
  const left =
    found.unknown === 0
      ? ""
      : ` Left out, because their spread duration is not known: ${count(found.unknown)}.`;
  return (
    `Active spread duration of ${count(found.known)} accounts: from ${years(found.least.value)} ` +
    `(${found.least.accountId}) to ${years(found.most.value)} years (${found.most.accountId}), mean ` +
    `${years(found.mean)}, standard deviation ${metric(found.standardDeviation)} years, each account counted alike.${left}`
  );
}
