/** Shares of assets as they are typed, in per cent. */
export type Percents = Readonly<Record<string, string>>;

export interface ReadShares {
  /** By asset, as parts of 1. */
  shares: Record<string, number>;
  /** Assets whose text is no number. */
  wrong: string[];
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;
/** By how many per cent weights may miss 100, by the way in which they are typed. */
const SUM_TOLERANCE_PERCENT = 1e-7;
const DIGITS = 12;

/** A number as it is typed, null where it is none. */
export function readNumber(text: string): number | null {
  const typed = text.trim().replace("−", "-");
  return NUMBER.test(typed) ? Number(typed) : null;
}

/** A percentage as a part of 1, without the digits that dividing adds. */
export function share(percent: number): number {
  return Number((percent / 100).toPrecision(DIGITS));
}

/** What is typed for each asset, as parts of 1; assets without a text are left out. */
export function readShares(assets: readonly string[], percents: Percents): ReadShares {
  const shares: Record<string, number> = {};
  const wrong: string[] = [];
  for (const asset of assets) {
    const text = percents[asset] ?? "";
    if (text.trim() === "") continue;
    const percent = readNumber(text);
    if (percent === null) wrong.push(asset);
    else shares[asset] = share(percent);
  }
  return { shares, wrong };
}

/** The sum of what is typed, in per cent, apart from what is no number. */
export function sumOf(assets: readonly string[], percents: Percents): number {
  return assets.reduce((sum, asset) => sum + (readNumber(percents[asset] ?? "") ?? 0), 0);
}

/** What is wrong with the weights of these assets; nothing where they add up to 100 %. */
export function weightsProblem(assets: readonly string[], percents: Percents): string | undefined {
  if (assets.length === 0) return "Choose at least one asset.";
  const { wrong } = readShares(assets, percents);
  if (wrong.length > 0) return `Type a number of per cent for ${wrong.join(", ")}.`;
  const sum = sumOf(assets, percents);
  return Math.abs(sum - 100) > SUM_TOLERANCE_PERCENT
    ? `The weights add up to ${Number(sum.toFixed(4))} %, not to 100 %.`
    : undefined;
}

/** Equal weights in hundredths of a per cent that add up to 100: the first ones take what is left over. */
export function equalPercents(assets: readonly string[]): Record<string, string> {
  const least = Math.floor(10_000 / assets.length);
  const over = 10_000 - least * assets.length;
  return Object.fromEntries(
    assets.map((asset, place) => [asset, ((least + (place < over ? 1 : 0)) / 100).toFixed(2)]),
  );
}
