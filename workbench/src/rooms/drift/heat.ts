/** Accounts by classes, as the heat map shows them. */
import type { BookDrift, SetDrift, TargetDimension } from "../../api/generated/api";
import { words } from "../../kit/format";
import { className } from "./driftWords";

export interface HeatCell {
  drift: number;
  /** Drift in bands, with its sign. */
  heat: number;
  isOut: boolean;
}

export interface HeatRow {
  account: BookDrift;
  drift: SetDrift | null;
  cells: ReadonlyMap<string, HeatCell>;
}

/** Drift so many bands wide has the full colour. */
const FULL = 2;
/** A band of 0 is left with any drift. */
const NO_BAND = 1e-9;

function cell(drift: number, band: number, isOut: boolean): HeatCell {
  return { drift, heat: drift / Math.max(band, NO_BAND), isOut };
}

function cellsOf(drift: SetDrift): [string, HeatCell][] {
  if (drift.dimension !== "METRIC")
    return drift.classes.map((each) => [
      className(drift.dimension, each.key),
      cell(each.difference_percent, each.band, each.is_out),
    ]);
  return drift.metrics.flatMap(({ metric, relative_to, difference, band, is_out }) =>
    difference === null
      ? []
      : [[`${words(metric)}${relative_to ? " less benchmark" : ""}`, cell(difference, band, is_out)]],
  );
}

/** Dimensions in which any account is measured. */
export function dimensionsOf(accounts: readonly BookDrift[]): TargetDimension[] {
  return [...new Set(accounts.flatMap(({ drifts }) => drifts.map(({ dimension }) => dimension)))];
}

/** A row for each account, the worst first, and the names of all classes. */
export function heatOf(
  accounts: readonly BookDrift[],
  dimension: TargetDimension,
): { rows: HeatRow[]; classes: string[] } {
  const rows = accounts.map((account): HeatRow => {
    const drift = account.drifts.find((each) => each.dimension === dimension) ?? null;
    return { account, drift, cells: new Map(drift ? cellsOf(drift) : []) };
  });
  const classes = [...new Set(rows.flatMap(({ cells }) => [...cells.keys()]))];
  return { rows: rows.sort((a, b) => heatest(b) - heatest(a)), classes };
}

/** The largest drift of an account in bands, without sign; below all others where it is not measured. */
export function heatest({ cells }: HeatRow): number {
  return Math.max(-1, ...[...cells.values()].map(({ heat }) => Math.abs(heat)));
}

/** Colour of a cell: too much in one, too little in the other, stronger with each part of a band. */
export function heatColour(heat: number): string {
  const strength = Math.round(Math.min(Math.abs(heat) / FULL, 1) * 40);
  if (strength === 0) return "transparent";
  return `color-mix(in srgb, var(--mui-palette-${heat > 0 ? "warning" : "info"}-main) ${strength}%, transparent)`;
}
