/** How an optimised portfolio is monitored, in words, and how that is changed. */
import type { MonitorConfig, PortfolioStatus } from "../../api/generated/api";
import { count, dateTime } from "../../kit/format";

/** Version of the configuration that nobody has stated: nothing recalculates the portfolio. */
const NOT_STATED = 0;

type Monitored = Pick<PortfolioStatus, "config" | "version">;

export function isMonitored({ config, version }: Monitored): boolean {
  return version !== NOT_STATED && config.automatic_recalculation;
}

/** The configuration that was read, with the switch as asked for; it is refused if another one is stored by now. */
export function configBody({ config, version }: Monitored, isOn: boolean): MonitorConfig {
  return {
    ...config,
    asset_classes: config.asset_classes as MonitorConfig["asset_classes"],
    automatic_recalculation: isOn,
    version,
  };
}

export function monitorWords(status: PortfolioStatus): string {
  if (!isMonitored(status)) return "It is not monitored: it stays as it is, whatever happens to prices.";
  const { config, last_recalculation: last, recalculations_of_day: today, max_per_day: most } = status;
  const times = config.scheduled_recalculations;
  return [
    "New prices that matter optimise it anew, each time as a new portfolio.",
    times.length > 0 ? ` Every day at ${times.join(", ")}, too.` : "",
    last ? ` Last recalculated ${dateTime(last)}.` : " It was not recalculated yet.",
    ` ${count(today)} of ${count(most)} recalculations of the last 24 hours are used.`,
  ].join("");
}
