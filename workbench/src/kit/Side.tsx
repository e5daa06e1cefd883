import { Box } from "@mui/material";
import type { Side } from "../api/generated/api";

/** Which way, as a word with its sign: what an order adds to accounts, or takes from them. */
export const SIDE_WORDS: Record<Side, string> = { BUY: "+ Buy", SELL: "− Sell" };
export const SIDE_COLOURS: Record<Side, string> = { BUY: "info.main", SELL: "secondary.main" };

export function SideMark({ side }: { side: Side }) {
  return (
    <Box component="span" sx={{ color: SIDE_COLOURS[side], fontWeight: 650, whiteSpace: "nowrap" }}>
      {SIDE_WORDS[side]}
    </Box>
  );
}

/** Cells of a grid by side: `cellClass: sideClass`, below a box with these rules. */
export const SIDE_CELLS = {
  "& .side-BUY": { color: SIDE_COLOURS.BUY, fontWeight: 650 },
  "& .side-SELL": { color: SIDE_COLOURS.SELL, fontWeight: 650 },
};
export const sideClass = ({ data }: { data?: { side?: Side } }) => `side-${data?.side}`;
