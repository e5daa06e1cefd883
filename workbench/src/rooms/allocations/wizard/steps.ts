/** The steps of the wizard in their order; the path is the last part of their address. */
export const STEPS = [
  { path: "order-entry", title: "Order Entry" },
  { path: "allocation-method", title: "Allocation Method" },
  { path: "preview", title: "Preview & Commit" },
] as const;

export type StepPath = (typeof STEPS)[number]["path"];

export function isStep(path: string | undefined): path is StepPath {
  return STEPS.some((step) => step.path === path);
}

export function stepAddress(path: StepPath): string {
  return `/workbench/${path}`;
}

/** Id of step 1's form: whoever wants to leave it forward submits it, so that its faults are shown. */
export const ENTRY_FORM = "order-entry-form";
