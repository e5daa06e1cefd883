import { MenuItem, TextField } from "@mui/material";

/** One of a closed list, with its words. */
export function ChoiceField<Value extends string>({
  label,
  value,
  choices,
  hint,
  error,
  disabled,
  onChange,
}: {
  label: string;
  value: Value;
  choices: Readonly<Record<Value, string>>;
  hint?: string;
  error?: string;
  disabled?: boolean;
  onChange: (value: Value) => void;
}) {
  return (
    <TextField
      select
      label={label}
      value={value}
      disabled={disabled}
      error={error !== undefined}
      helperText={error ?? hint}
      onChange={(event) => onChange(event.target.value as Value)}
    >
      {Object.entries<string>(choices).map(([choice, words]) => (
        <MenuItem key={choice} value={choice}>
          {words}
        </MenuItem>
      ))}
    </TextField>
  );
}
