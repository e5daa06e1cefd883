import { Box, MenuItem, TextField } from "@mui/material";
import { type ReactNode, useState } from "react";
import { DateField } from "../../kit/DateField";
import { GroupSelect } from "../../kit/GroupSelect";
import { type Period, periodProblem } from "./periods";
import { usePeriod } from "./usePeriod";

const OWN = "own";

/** Which days, group and side the reports below are of. */
export function PeriodBar({ children }: { children?: ReactNode }) {
  const { choices, change, from, to, group, side } = usePeriod();
  const preset = choices.find((each) => each.from === from && each.to === to);
  return (
    <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, alignItems: "flex-start", mb: 1.5 }}>
      <TextField
        select
        label="Period"
        value={preset?.label ?? OWN}
        onChange={(event) => {
          const chosen = choices.find(({ label }) => label === event.target.value);
          if (chosen) change({ from: chosen.from, to: chosen.to });
        }}
        sx={{ width: 140 }}
      >
        {choices.map(({ label }) => (
          <MenuItem key={label} value={label}>
            {label}
          </MenuItem>
        ))}
        <MenuItem value={OWN} disabled>
          Own days
        </MenuItem>
      </TextField>
      <Days from={from} to={to} onChange={change} />
      <GroupSelect value={group} onChange={(chosen) => change({ group: chosen })} />
      <TextField
        select
        label="Side"
        value={side}
        onChange={(event) => change({ side: event.target.value })}
        sx={{ width: 120 }}
        slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
      >
        <MenuItem value="">Both</MenuItem>
        <MenuItem value="BUY">Buys</MenuItem>
        <MenuItem value="SELL">Sales</MenuItem>
      </TextField>
      {children}
    </Box>
  );
}

/** Both days; they are taken over once they are a period. */
function Days({ from, to, onChange }: Period & { onChange: (period: Period) => void }) {
  const [typed, setTyped] = useState<Period>({ from, to });
  const [before, setBefore] = useState<Period>({ from, to });
  // A preset or Back changes the days from outside.
  if (from !== before.from || to !== before.to) {
    setBefore({ from, to });
    setTyped({ from, to });
  }
  const problem = periodProblem(typed);
  const set = (name: keyof Period, value: string) => {
    const next = { ...typed, [name]: value };
    setTyped(next);
    if (!periodProblem(next)) onChange(next);
  };
  return (
    <>
      {(["from", "to"] as const).map((name) => (
        <DateField
          key={name}
          label={name === "from" ? "First day" : "Last day"}
          value={typed[name]}
          onChange={(day) => set(name, day)}
          error={problem !== undefined && name === "to"}
          helperText={name === "to" ? problem : undefined}
          sx={{ width: 128 }}
        />
      ))}
    </>
  );
}
