import { TextField } from "@mui/material";

/** A number as it is typed, without a unit of its own: the label has it. */
export function NumberField({
  label,
  hint,
  text,
  error,
  onChange,
}: {
  label: string;
  hint?: string;
  text: string;
  error?: string;
  onChange: (text: string) => void;
}) {
  return (
    <TextField
      label={label}
      value={text}
      onChange={(event) => onChange(event.target.value)}
      error={error !== undefined}
      helperText={error ?? hint}
      slotProps={{ htmlInput: { inputMode: "decimal", autoComplete: "off" } }}
    />
  );
}
