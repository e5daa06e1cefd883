import { TextField, ToggleButton, ToggleButtonGroup } from "@mui/material";
import { GroupSelect } from "../../kit/GroupSelect";
import type { Shown } from "./useBlotter";

const WORDS: Record<Shown, string> = { open: "Open", all: "All", different: "Different at Aladdin" };

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
      <GroupSelect value={group} onChange={(choice) => onChange({ group: choice })} />
      <TextField
        label="Find in the list"
        type="search"
        value={text}
        onChange={(event) => onChange({ text: event.target.value })}
        placeholder="Bond, order, user"
        sx={{ minWidth: 200 }}
        slotProps={{ inputLabel: { shrink: true } }}
      />
    </>
  );
}
