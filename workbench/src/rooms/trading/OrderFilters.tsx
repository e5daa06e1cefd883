import { MenuItem, TextField, ToggleButton, ToggleButtonGroup } from "@mui/material";
import { useListPortfolioGroupsQuery } from "../../api/generated/api";
import type { Shown } from "./useBlotter";

const WORDS: Record<Shown, string> = { open: "Open", all: "All", different: "Different" };

export function OrderFilters({
  shown,
  group,
  text,
  onChange,
}: {
  shown: Shown;
  group: string;
  text: string;
  onChange: (changes: { show?: string; group?: string; text?: string }) => void;
}) {
  const { data } = useListPortfolioGroupsQuery();
  const groups = data?.portfolio_groups ?? [];
  const known = group === "" || groups.some((found) => found.group_id === group);
  return (
    <>
      <ToggleButtonGroup
        exclusive
        size="small"
        aria-label="Which orders"
        value={shown}
        onChange={(_event, choice: Shown | null) =>
          choice && onChange({ show: choice === "open" ? "" : choice })
        }
      >
        {Object.entries(WORDS).map(([choice, words]) => (
          <ToggleButton key={choice} value={choice} sx={{ textTransform: "none", py: 0.5, px: 1.5 }}>
            {words}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <TextField
        select
        label="Group"
        value={group}
        onChange={(event) => onChange({ group: event.target.value })}
        sx={{ minWidth: 170 }}
        slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
      >
        <MenuItem value="">All groups</MenuItem>
        {!known && <MenuItem value={group}>{group}</MenuItem>}
        {groups.map(({ group_id, group_name }) => (
          <MenuItem key={group_id} value={group_id}>
            {group_id}
            {group_name && group_name !== group_id ? ` · ${group_name}` : ""}
          </MenuItem>
        ))}
      </TextField>
      <TextField
        label="Find in the list"
        type="search"
        value={text}
        onChange={(event) => onChange({ text: event.target.value })}
        placeholder="Bond, order, user"
        sx={{ minWidth: 220 }}
        slotProps={{ inputLabel: { shrink: true } }}
      />
    </>
  );
}
