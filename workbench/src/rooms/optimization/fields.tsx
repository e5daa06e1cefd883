import { Autocomplete, MenuItem, TextField } from "@mui/material";
import type { Errors, OptimizationForm } from "./optimizationForm";
import type { Named } from "./portfolioWords";

export const FIELDS = {
  display: "grid",
  gridTemplateColumns: { sm: "repeat(auto-fill, minmax(240px, 1fr))" },
  gap: 2,
  alignItems: "start",
  maxWidth: 1100,
  pt: 0.5,
};

export interface PartProps {
  form: OptimizationForm;
  /** By the fields of the request. */
  errors: Errors;
  onChange: (changes: Partial<OptimizationForm>) => void;
}

/** One of a closed list, with what the chosen one means. */
export function ChoiceField<Value extends string>({
  label,
  choices,
  value,
  error,
  disabled,
  onChange,
}: {
  label: string;
  choices: Readonly<Record<Value, Named | string>>;
  value: Value;
  error?: string;
  disabled?: boolean;
  onChange: (value: Value) => void;
}) {
  const chosen = choices[value];
  return (
    <TextField
      select
      label={label}
      value={value}
      disabled={disabled}
      error={error !== undefined}
      helperText={error ?? (typeof chosen === "string" ? undefined : chosen.hint)}
      onChange={(event) => onChange(event.target.value as Value)}
    >
      {Object.entries<Named | string>(choices).map(([each, words]) => (
        <MenuItem key={each} value={each}>
          {typeof words === "string" ? words : words.name}
        </MenuItem>
      ))}
    </TextField>
  );
}

/** A number that is typed; what it means and what is wrong with it stand below. */
export function NumberField({
  label,
  value,
  hint,
  error,
  placeholder,
  onChange,
}: {
  label: string;
  value: string;
  hint?: string;
  error?: string;
  placeholder?: string;
  onChange: (value: string) => void;
}) {
  return (
    <TextField
      label={label}
      value={value}
      placeholder={placeholder}
      error={error !== undefined}
      helperText={error ?? hint}
      onChange={(event) => onChange(event.target.value)}
      slotProps={{ inputLabel: { shrink: true }, htmlInput: { inputMode: "decimal" } }}
    />
  );
}

/** Several of the assets that have prices. */
export function AssetsField({
  label,
  options,
  value,
  hint,
  error,
  onChange,
}: {
  label: string;
  options: readonly string[];
  value: readonly string[];
  hint?: string;
  error?: string;
  onChange: (symbols: string[]) => void;
}) {
  return (
    <Autocomplete
      multiple
      disableCloseOnSelect
      limitTags={12}
      options={[...options]}
      value={[...value]}
      onChange={(_event, symbols) => onChange(symbols)}
      slotProps={{ chip: { size: "small" } }}
      renderInput={(params) => (
        <TextField {...params} label={label} error={error !== undefined} helperText={error ?? hint} />
      )}
    />
  );
}
