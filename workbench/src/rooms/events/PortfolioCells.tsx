import { useGetMonitoredPortfolioQuery } from "../../api/generated/api";
import { messageOf } from "../../api/problems";
import { dateTime } from "../../kit/format";
import { STATES } from "./monitorWords";

/** How a portfolio is monitored, and what became of it last, in a line. */
export function PortfolioCells({ portfolioId }: { portfolioId: string }) {
  const { data, error } = useGetMonitoredPortfolioQuery({ portfolioId });
  if (!data) return error ? messageOf(error) : "…";
  const last = data.recalculations[0];
  const how =
    data.version === 0
      ? "Not monitored"
      : data.config.automatic_recalculation
        ? "Recalculated by itself"
        : "On request alone";
  return `${how}${last ? ` · ${STATES[last.state]}, ${dateTime(last.ended_at ?? last.last_event_at)}` : ""}`;
}
