/** How a portfolio is monitored, as it is typed, and as the service takes it. */
import type { AssetClass, MonitorConfig, ShownMonitorConfig, ShownThresholds } from "../../api/generated/api";
import { readNumber, share } from "../risk/weights";

export type ThresholdName = keyof ShownThresholds;

/** Thresholds in per cent; that of a correlation is a difference, and stays as it is. */
export const THRESHOLDS: readonly (readonly [name: ThresholdName, label: string])[] = [
  ["price", "Price, %"],
  ["stocks", "Price of stocks, %"],
  ["bonds", "Price of bonds, %"],
  ["forex", "Price of currencies, %"],
  ["crypto", "Price of crypto assets, %"],
  ["volatility", "Volatility, %"],
  ["correlation", "Correlation, points"],
];

export interface MonitorForm {
  isAutomatic: boolean;
  /** In minutes. */
  interval: string;
  /** Times of the day, separated by commas. */
  times: string;
  thresholds: Record<ThresholdName, string>;
  classes: Readonly<Record<string, AssetClass>>;
}

/** Errors by the fields of the request, as the service names them. */
export type Errors = Record<string, string>;

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const MINUTE_SECONDS = 60;
const MAX_INTERVAL_MINUTES = 7 * 24 * 60;
const DIGITS = 10;

const text = (value: number) => String(Number(value.toPrecision(DIGITS)));

export function formOf(config: ShownMonitorConfig): MonitorForm {
  return {
    isAutomatic: config.automatic_recalculation,
    interval: text(config.minimum_interval / MINUTE_SECONDS),
    times: config.scheduled_recalculations.join(", "),
    thresholds: Object.fromEntries(
      THRESHOLDS.map(([name]) => {
        const value = config.significance_thresholds[name];
        return [name, text(name === "correlation" ? value : value * 100)];
      }),
    ) as Record<ThresholdName, string>,
    classes: config.asset_classes as Record<string, AssetClass>,
  };
}

/** The configuration that a form makes, or what is wrong with it, all at once. */
export function configOf(form: MonitorForm, version: number): { config: MonitorConfig; errors: Errors } {
  const errors: Errors = {};
  const minutes = readNumber(form.interval);
  const seconds = minutes === null ? Number.NaN : Math.round(minutes * MINUTE_SECONDS);
  if (!(seconds >= 0 && seconds <= MAX_INTERVAL_MINUTES * MINUTE_SECONDS))
    errors.minimum_interval = `Type minutes from 0 to ${MAX_INTERVAL_MINUTES.toLocaleString("en-US")}.`;
  const times = form.times
    .split(",")
    .map((time) => time.trim())
    .filter((time) => time !== "");
  const wrong = times.filter((time) => !TIME.test(time));
  if (wrong.length > 0)
    errors.scheduled_recalculations = `Type times as HH:MM, separated by commas: not ${wrong.join(", ")}.`;
  const thresholds = Object.fromEntries(
    THRESHOLDS.map(([name]) => {
      const value = readNumber(form.thresholds[name]);
      if (value === null || value <= 0) errors[`significance_thresholds.${name}`] = "Type a number above 0.";
      return [name, name === "correlation" ? (value ?? 0) : share(value ?? 0)];
    }),
  );
  const config: MonitorConfig = {
    automatic_recalculation: form.isAutomatic,
    minimum_interval: seconds,
    scheduled_recalculations: [...new Set(times)],
    significance_thresholds: thresholds,
    asset_classes: form.classes,
    version,
  };
  return { config, errors };
}
