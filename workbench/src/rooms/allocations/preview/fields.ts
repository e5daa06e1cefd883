/** Steps of the wizard whose inputs a preview may refuse. */
export type InputStep = "order-entry" | "allocation-method";

/** The step where a field of the request is typed; null for one that no step has. */
export function stepOf(field: string): InputStep | null {
  const [first] = field.split(/[.[]/);
  if (first === "order" || first === "portfolio_groups") return "order-entry";
  if (first === "allocation_method" || first === "parameters" || first === "constraints")
    return "allocation-method";
  return null;
}

export const STEP_TITLE: Record<InputStep, string> = {
  "order-entry": "Order Entry",
  "allocation-method": "Allocation Method",
};
