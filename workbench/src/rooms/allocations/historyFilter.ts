import type {
  AllocationMethod,
  AllocationStatus,
  ListAllocationsApiArg,
  Side,
} from "../../api/generated/api";
import { ALLOCATION_STATUS } from "./statusWords";

export const HISTORY_FILTERS = ["status", "group", "bond", "side", "method", "user", "from", "to"] as const;
export type HistoryFilter = (typeof HISTORY_FILTERS)[number];

export const METHODS: readonly AllocationMethod[] = ["PRO_RATA", "CUSTOM_WEIGHTS", "MIN_DISPERSION"];

/** Filters as they stand in the address, as parameters of the list; what is no value of a closed list is no filter. */
export function listParameters(filters: Record<HistoryFilter, string>): ListAllocationsApiArg {
  const { status, group, bond, side, method, user, from, to } = filters;
  return {
    ...(status in ALLOCATION_STATUS ? { status: status as AllocationStatus } : {}),
    ...(group ? { groupId: group } : {}),
    ...(bond ? { securityId: bond } : {}),
    ...(side === "BUY" || side === "SELL" ? { side: side as Side } : {}),
    ...(METHODS.includes(method as AllocationMethod) ? { method: method as AllocationMethod } : {}),
    ...(user ? { username: user } : {}),
    ...(from ? { dateFrom: from } : {}),
    ...(to ? { dateTo: to } : {}),
  };
}

/** The same as parameters of the address of a file. */
export function fileParameters(list: ListAllocationsApiArg): Record<string, string | undefined> {
  return {
    status: list.status,
    security_id: list.securityId,
    date_from: list.dateFrom,
    date_to: list.dateTo,
    group_id: list.groupId,
    side: list.side,
    method: list.method,
    username: list.username,
  };
}

const OF_LINES = ["status", "security_id", "date_from", "date_to"];

/** Whether the lines by account can be filtered by all of these. */
export function linesCanFilter(parameters: Record<string, string | undefined>): boolean {
  return Object.entries(parameters).every(([name, value]) => value === undefined || OF_LINES.includes(name));
}
