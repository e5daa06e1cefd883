import { Autocomplete, TextField } from "@mui/material";
import type { GroupAccount } from "../../../../api/generated/api";

/** Accounts of the chosen groups, found by id or name. */
export function AccountsField({
  label,
  accounts,
  value,
  onChange,
  error,
}: {
  label: string;
  accounts: readonly GroupAccount[];
  value: readonly string[];
  onChange: (ids: string[]) => void;
  error?: string;
}) {
  const names = new Map(accounts.map(({ account_id, account_name }) => [account_id, account_name]));
  return (
    <Autocomplete
      multiple
      disableCloseOnSelect
      limitTags={6}
      options={[...names.keys()]}
      value={[...value]}
      onChange={(_event, ids) => onChange(ids)}
      getOptionLabel={(id) => (names.has(id) ? `${id} ${names.get(id)}` : id)}
      renderOption={({ key, ...props }, id) => (
        <li key={key} {...props}>
          {id}&nbsp;&nbsp;{names.get(id)}
        </li>
      )}
      slotProps={{ chip: { size: "small" } }}
      sx={{ flex: "1 1 320px", maxWidth: 560 }}
      renderInput={(params) => <TextField {...params} label={label} error={!!error} helperText={error} />}
    />
  );
}
