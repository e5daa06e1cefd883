import type { Desk } from "../api/generated/api";
import type { QuantityRules } from "./quantity";

/** The rules of a field with those of the desk; its maximum is that of an order. */
export function deskRules(
  rules: Omit<QuantityRules, "m">,
  desk: Desk | undefined,
  ofOrder: boolean,
): QuantityRules {
  const limits = [rules.maximum, ofOrder ? desk?.max_quantity : null].filter((limit) => limit != null);
  return {
    ...rules,
    m: desk?.quantity_m ?? null,
    maximum: limits.length > 0 ? Math.min(...limits) : null,
  };
}

/** Whether the desk wants a size confirmed before an order of it is made. */
export function wantsConfirmation(value: number | null, desk: Desk | undefined): boolean {
  return value !== null && desk?.warn_above_quantity != null && value > desk.warn_above_quantity;
}
