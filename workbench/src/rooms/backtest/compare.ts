/** The service compares no more at once. */
export const MAX_COMPARED = 10;

export function comparePath(ids: readonly string[]): string {
  return `/backtest/compare?${new URLSearchParams({ ids: ids.join(",") })}`;
}
