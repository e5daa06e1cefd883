import { face } from "../../../kit/format";
import type { Draft } from "../draftSlice";

const MOST_GROUPS = 4;

type Summed = Pick<
  Draft,
  "security" | "side" | "sizeKind" | "size" | "sizeText" | "settlementDate" | "price" | "groups" | "priced"
>;

function sizeText({ sizeKind, size, priced, security }: Summed): string {
  if (size === null) return "size?";
  if (sizeKind === "quantity") return face(size);
  const comesTo = priced ? ` (${face(priced.total_quantity)} face)` : "";
  if (sizeKind === "notional")
    return `${face(size)} ${security?.currency ?? ""} notional${comesTo}`.replace("  ", " ");
  return `${Number((size * 100).toPrecision(12))} % of NAV${comesTo}`;
}

/** Whether anything of an order is typed, so that it would be lost. */
export function isBegun(draft: Pick<Draft, "security" | "sizeText" | "groups">): boolean {
  return draft.security !== null || draft.sizeText !== "" || draft.groups.length > 0;
}

/** The order in a line: BUY 5,000,000 US Treasury 4 10/31/2031 · settle 2026-12-01 · PUBLICPRE, CORE. */
export function orderSummary(draft: Summed): string {
  const { security, side, settlementDate, price, groups, priced } = draft;
  if (!isBegun(draft)) return "No order yet: choose a bond, a size and groups.";
  const settle = settlementDate ?? priced?.settlement_date;
  const shown = groups.slice(0, MOST_GROUPS).join(", ");
  const more = groups.length > MOST_GROUPS ? ` and ${groups.length - MOST_GROUPS} more` : "";
  return [
    `${side} ${sizeText(draft)} ${security?.description ?? "bond?"}`,
    ...(price === null ? [] : [`at ${price}`]),
    settle ? `settle ${settle}` : "standard settlement",
    groups.length > 0 ? `${shown}${more}` : "groups?",
  ].join(" · ");
}
