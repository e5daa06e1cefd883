/** Degrees between the colours of neighbours: the golden angle, by which no two of many are alike. */
const GOLDEN_ANGLE = 137.508;
const FIRST = [
  "var(--mui-palette-primary-main)",
  "var(--mui-palette-warning-main)",
  "var(--mui-palette-success-main)",
  "var(--mui-palette-secondary-main)",
  "var(--mui-palette-error-main)",
] as const;
const DASHES = [undefined, "6 3", "2 3", "8 3 2 3"] as const;

/** The colour of a line by its place. */
export function seriesColour(place: number): string {
  return FIRST[place] ?? `hsl(${Math.round((place * GOLDEN_ANGLE) % 360)} 55% 52%)`;
}

/** Its dashes: neighbours are told apart without colour, too. */
export function seriesDash(place: number): string | undefined {
  return DASHES[place % DASHES.length];
}
