import { TextField, type TextFieldProps } from "@mui/material";
import { useState } from "react";

/** A filter that is taken with Enter or when the field is left: nothing is asked for in the middle of a word. */
export function LateField({
  value,
  onChange,
  problem,
  ...rest
}: Omit<TextFieldProps, "value" | "onChange"> & {
  value: string;
  onChange: (value: string) => void;
  /** What is wrong with a text, which is then not taken. */
  problem?: (text: string) => string | undefined;
}) {
  const [typed, setTyped] = useState(value);
  const [before, setBefore] = useState(value);
  const [fault, setFault] = useState<string>();
  if (value !== before) {
    setBefore(value);
    setTyped(value);
    setFault(undefined);
  }
  const take = () => {
    const found = problem?.(typed);
    setFault(found);
    if (found === undefined && typed.trim() !== value) onChange(typed.trim());
  };
  return (
    <TextField
      {...rest}
      error={fault !== undefined || rest.error}
      helperText={fault ? <span role="alert">{fault}</span> : rest.helperText}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === "Enter") take();
        if (event.key !== "Escape") return;
        setTyped(value);
        setFault(undefined);
      }}
      slotProps={{ inputLabel: { shrink: true }, ...rest.slotProps }}
    />
  );
}
