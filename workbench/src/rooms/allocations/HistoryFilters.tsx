import { Button, MenuItem, TextField } from "@mui/material";
import { DateField } from "../../kit/DateField";
import { GroupSelect } from "../../kit/GroupSelect";
import { LateField } from "../../kit/LateField";
import type { HistoryFilter } from "./historyFilter";
import { METHODS } from "./historyFilter";
import { methodName } from "./method/methods";
import { ALLOCATION_STATUS } from "./statusWords";

export type Changes = Partial<Record<HistoryFilter, string>>;

/** Filters of the history; each is in the page's address. */
export function HistoryFilters({
  filters,
  onChange,
}: {
  filters: Record<HistoryFilter, string>;
  onChange: (changes: Changes) => void;
}) {
  const isFiltered = Object.values(filters).some((value) => value !== "");
  return (
    <>
      <Choice
        label="Status"
        all="All states"
        value={filters.status}
        options={Object.entries(ALLOCATION_STATUS)}
        onChange={(status) => onChange({ status })}
      />
      <GroupSelect value={filters.group} onChange={(group) => onChange({ group })} />
      <LateField
        label="Bond"
        placeholder="CUSIP or ISIN"
        value={filters.bond}
        onChange={(bond) => onChange({ bond: bond.toUpperCase() })}
        sx={{ width: 122 }}
      />
      <Choice
        label="Side"
        all="Both"
        value={filters.side}
        options={[
          ["BUY", "+ Buy"],
          ["SELL", "− Sell"],
        ]}
        onChange={(side) => onChange({ side })}
      />
      <Choice
        label="Method"
        all="All methods"
        value={filters.method}
        options={METHODS.map((method) => [method, methodName(method)])}
        onChange={(method) => onChange({ method })}
      />
      <LateField
        label="User"
        value={filters.user}
        onChange={(user) => onChange({ user })}
        sx={{ width: 104 }}
      />
      <DateField
        label="From"
        value={filters.from}
        onChange={(from) => onChange({ from })}
        sx={{ width: 128 }}
      />
      <DateField label="To" value={filters.to} onChange={(to) => onChange({ to })} sx={{ width: 128 }} />
      {isFiltered && (
        <Button
          onClick={() =>
            onChange(Object.fromEntries(Object.keys(filters).map((name) => [name, ""])) as Changes)
          }
        >
          Clear
        </Button>
      )}
    </>
  );
}

function Choice({
  label,
  all,
  value,
  options,
  onChange,
}: {
  label: string;
  all: string;
  value: string;
  options: readonly (readonly [string, string])[];
  onChange: (value: string) => void;
}) {
  return (
    <TextField
      select
      label={label}
      value={options.some(([option]) => option === value) ? value : ""}
      onChange={(event) => onChange(event.target.value)}
      sx={{ minWidth: 100 }}
      slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
    >
      <MenuItem value="">{all}</MenuItem>
      {options.map(([option, text]) => (
        <MenuItem key={option} value={option}>
          {text}
        </MenuItem>
      ))}
    </TextField>
  );
}
