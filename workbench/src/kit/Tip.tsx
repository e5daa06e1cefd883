import type { TooltipProps } from "@mui/material";
import { late, useLate } from "./late";

/** Nobody who is on a button by keyboard loses it when buttons get their tooltips. */
async function whileNoButtonHasFocus() {
  while (document.activeElement instanceof HTMLButtonElement) {
    await new Promise((left) => document.addEventListener("focusout", left, { once: true }));
    await new Promise((moved) => setTimeout(moved));
  }
}

const TOOLTIP = late(async () => {
  const part = await import("@mui/material/Tooltip");
  await whileNoButtonHasFocus();
  return part;
});

/** A tooltip on what is in the first load, without the script of tooltips in it. */
export function Tip({ children, ...tooltip }: TooltipProps) {
  const Tooltip = useLate(TOOLTIP)?.default;
  return Tooltip ? <Tooltip {...tooltip}>{children}</Tooltip> : children;
}
