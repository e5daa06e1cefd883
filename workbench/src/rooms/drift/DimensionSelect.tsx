import { MenuItem, TextField } from "@mui/material";
import type { TargetDimension } from "../../api/generated/api";
import { DIMENSIONS } from "./driftWords";

/** By which targets accounts are shown; nothing where there are targets of one dimension alone. */
export function DimensionSelect({
  dimensions,
  value,
  below = 0,
  onChange,
}: {
  dimensions: readonly TargetDimension[];
  value: string;
  /** Space below it, in units of the theme. */
  below?: number;
  onChange: (dimension: string) => void;
}) {
  if (dimensions.length < 2) return null;
  return (
    <TextField
      select
      label="Targets by"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      sx={{ minWidth: 160, mb: below }}
    >
      {dimensions.map((each) => (
        <MenuItem key={each} value={each}>
          {DIMENSIONS[each]}
        </MenuItem>
      ))}
    </TextField>
  );
}
