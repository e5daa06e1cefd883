import { Autocomplete, TextField } from "@mui/material";
import { useState } from "react";
import { dateProblem } from "../../../kit/dates";

/** A date of a snapshot: chosen among those that there are, or typed. */
export function SnapshotField({
  label,
  dates,
  value,
  refused,
  onChange,
}: {
  label: string;
  dates: readonly string[];
  value: string;
  /** Whether the service does not take it. */
  refused: boolean;
  onChange: (day: string) => void;
}) {
  const [fault, setFault] = useState<string>();
  const take = (typed: string) => {
    const day = typed.trim();
    const found = dateProblem(day);
    setFault(found);
    if (found === undefined && day !== "" && day !== value) onChange(day);
  };
  return (
    <Autocomplete
      freeSolo
      forcePopupIcon
      disableClearable
      options={dates}
      // All dates are offered, not those alone that begin with the one that is there.
      filterOptions={(all) => all}
      value={value}
      onChange={(_event, day) => take(day)}
      sx={{ width: 170 }}
      renderInput={(params) => (
        <TextField
          {...params}
          label={label}
          placeholder="YYYY-MM-DD"
          error={refused || fault !== undefined}
          helperText={fault && <span role="alert">{fault}</span>}
          onBlur={(event) => take(event.target.value)}
        />
      )}
    />
  );
}
