import { Box, Button, MenuItem, TextField } from "@mui/material";
import { type FormEvent, useState } from "react";
import { dateProblem } from "./dates";
import { words } from "./format";

export interface FilterField<Name extends string> {
  name: Name;
  label: string;
  /** Values to choose from; a text field without. */
  choices?: readonly string[];
  type?: "text" | "date" | "number";
  width?: number;
}

/** Filters of a list: they are asked for by Enter or Search, and stay in the address. */
export function FilterForm<Name extends string>({
  fields,
  values,
  onSearch,
}: {
  fields: readonly FilterField<Name>[];
  values: Record<Name, string>;
  onSearch: (values: Record<Name, string>) => void;
}) {
  const [typed, setTyped] = useState(values);
  const [applied, setApplied] = useState(values);
  // Whoever changes the address, such as a link or Back, changes the fields.
  if (fields.some(({ name }) => applied[name] !== values[name])) {
    setApplied(values);
    setTyped(values);
  }
  const [tried, setTried] = useState(false);
  const faults = fields.map(({ name, type }) => (type === "date" ? dateProblem(typed[name]) : undefined));
  const ask = (wanted: Record<Name, string>) => {
    setTried(true);
    const isFaulty = fields.some(({ name, type }) => type === "date" && dateProblem(wanted[name]));
    if (isFaulty) return;
    const trimmed = Object.entries<string>(wanted).map(([name, value]) => [name, value.trim()]);
    onSearch(Object.fromEntries(trimmed) as Record<Name, string>);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask(typed);
  };
  const clear = () => {
    const empty = Object.fromEntries(fields.map(({ name }) => [name, ""])) as Record<Name, string>;
    setTyped(empty);
    onSearch(empty);
  };
  return (
    <Box
      component="form"
      role="search"
      onSubmit={submit}
      sx={{ display: "flex", flexWrap: "wrap", gap: 1, alignItems: "flex-start", mb: 1.5 }}
    >
      {fields.map(({ name, label, choices, type = "text", width = 150 }, place) => (
        <TextField
          key={name}
          label={label}
          type={type === "number" ? type : undefined}
          placeholder={type === "date" ? "YYYY-MM-DD" : undefined}
          error={tried && faults[place] !== undefined}
          helperText={tried && faults[place] && <span role="alert">{faults[place]}</span>}
          select={choices !== undefined}
          value={typed[name]}
          onChange={(event) => {
            const next = { ...typed, [name]: event.target.value };
            setTyped(next);
            if (choices) ask(next);
          }}
          sx={{ width: { xs: "calc(50% - 4px)", sm: width } }}
          slotProps={{
            inputLabel: type === "date" || choices ? { shrink: true } : {},
            select: { displayEmpty: true },
          }}
        >
          {choices && <MenuItem value="">Any</MenuItem>}
          {choices?.map((choice) => (
            <MenuItem key={choice} value={choice}>
              {words(choice)}
            </MenuItem>
          ))}
        </TextField>
      ))}
      <Button type="submit" variant="contained">
        Search
      </Button>
      <Button onClick={clear}>Clear</Button>
    </Box>
  );
}
