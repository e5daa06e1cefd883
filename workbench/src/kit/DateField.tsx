import type { ComponentProps } from "react";
import { dateProblem } from "./dates";
import { LateField } from "./LateField";

/** A day as it is written everywhere here: a browser's own field would show it in the order of its own country. */
export function DateField(props: Omit<ComponentProps<typeof LateField>, "problem" | "placeholder">) {
  return <LateField {...props} placeholder="YYYY-MM-DD" problem={dateProblem} />;
}
