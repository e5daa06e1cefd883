import { TextField, type TextFieldProps } from "@mui/material";
import { useState } from "react";

/** A filter that is taken with Enter or when the field is left: nothing is asked for in the middle of a word. */
export function LateField({
  value,
  onChange,
  ...rest
}: Omit<TextFieldProps, "value" | "onChange"> & { value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  const [before, setBefore] = useState(value);
  if (value !== before) {
    setBefore(value);
    setTyped(value);
  }
  const take = () => typed.trim() !== value && onChange(typed.trim());
  return (
    <TextField
      {...rest}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === "Enter") take();
        if (event.key === "Escape") setTyped(value);
      }}
      slotProps={{ inputLabel: { shrink: true }, ...rest.slotProps }}
    />
  );
}
