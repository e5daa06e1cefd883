import type {
  AssetClass,
  ListenerState,
  PortfolioObjective,
  RecalculationReason,
  RecalculationState,
} from "../../api/generated/api";
import type { ChangeKind } from "./changes";

export const CHANGES: Record<ChangeKind, string> = {
  EVENT_RECEIVED: "New data was told of",
  RECALCULATION_PENDING: "A recalculation is pending",
  RECALCULATION_QUEUED: "A recalculation has a job",
  RECALCULATION_DONE: "A portfolio was recalculated",
  RECALCULATION_FAILED: "A recalculation failed",
  RECALCULATION_COVERED: "A recalculation was covered by a later one",
  MONITOR_SET: "The monitoring of a portfolio was set",
};

export const STATES: Record<RecalculationState, string> = {
  PENDING: "Pending",
  QUEUED: "At work",
  DONE: "Done",
  FAILED: "Failed",
  COVERED: "Covered by a later one",
};

export const REASONS: Record<RecalculationReason, string> = {
  FIRST: "The first one",
  PRICE: "A price moved",
  VOLATILITY: "A volatility moved",
  CORRELATION: "A correlation moved",
  NOT_MEASURABLE: "No prices to tell by",
  DEPOSIT: "Deposit",
  WITHDRAWAL: "Withdrawal",
  SCHEDULE: "Scheduled",
  REQUEST: "Asked for",
};

export const LISTENERS: Record<ListenerState, string> = {
  OFF: "not configured",
  CONNECTED: "connected",
  LOST: "lost, is trying again",
};

export const OBJECTIVES: Record<PortfolioObjective, string> = {
  MinRisk: "Least risk",
  MaxRet: "Most return",
  Sharpe: "Return for its risk",
  Utility: "Return less weighted risk",
  RiskParity: "Risk parity",
  HRP: "Hierarchical risk parity",
};

export const CLASSES: Record<AssetClass | "none", string> = {
  none: "None",
  stocks: "Stocks",
  bonds: "Bonds",
  forex: "Currencies",
  crypto: "Crypto assets",
};

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;

/** A length of time in its largest whole unit: 3600 is 1 h, 90 is 90 s. */
export function secondsWords(seconds: number): string {
  if (seconds > 0 && seconds % HOUR_SECONDS === 0) return `${seconds / HOUR_SECONDS} h`;
  if (seconds > 0 && seconds % MINUTE_SECONDS === 0) return `${seconds / MINUTE_SECONDS} min`;
  return `${seconds} s`;
}
