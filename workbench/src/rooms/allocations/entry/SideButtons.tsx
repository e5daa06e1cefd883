import { ToggleButton, ToggleButtonGroup } from "@mui/material";
import type { Side } from "../../../api/generated/api";
import { SIDE_COLOURS } from "../../../kit/Side";

/** Which way, as two buttons: by word, sign and colour. */
export function SideButtons({ value, onChange }: { value: Side; onChange: (side: Side) => void }) {
  return (
    <ToggleButtonGroup
      exclusive
      size="small"
      value={value}
      onChange={(_event, side: Side | null) => side && onChange(side)}
      aria-label="Side"
    >
      {(["BUY", "SELL"] as const).map((side) => (
        <ToggleButton
          key={side}
          value={side}
          sx={{
            px: 2.5,
            py: 0.75,
            fontWeight: 700,
            "&.Mui-selected, &.Mui-selected:hover": {
              bgcolor: SIDE_COLOURS[side],
              color: "background.paper",
            },
          }}
        >
          {side === "BUY" ? "+ BUY" : "− SELL"}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
