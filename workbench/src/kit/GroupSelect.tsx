import { MenuItem, TextField } from "@mui/material";
import { useListPortfolioGroupsQuery } from "../api/generated/api";

/** One portfolio group as a filter, or all that the user may see. */
export function GroupSelect({
  value,
  onChange,
  none = "All groups",
}: {
  value: string;
  onChange: (group: string) => void;
  /** What no group means. */
  none?: string;
}) {
  const { data } = useListPortfolioGroupsQuery();
  const groups = data?.portfolio_groups ?? [];
  const known = value === "" || groups.some((found) => found.group_id === value);
  return (
    <TextField
      select
      label="Group"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      sx={{ minWidth: 126 }}
      slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
    >
      <MenuItem value="">{none}</MenuItem>
      {!known && <MenuItem value={value}>{value}</MenuItem>}
      {groups.map(({ group_id, group_name }) => (
        <MenuItem key={group_id} value={group_id}>
          {group_name && group_name !== group_id ? `${group_id} · ${group_name}` : group_id}
        </MenuItem>
      ))}
    </TextField>
  );
}
