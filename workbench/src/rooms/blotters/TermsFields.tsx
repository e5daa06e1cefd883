import {
  Autocomplete,
  Checkbox,
  FormControlLabel,
  MenuItem,
  Stack,
  Switch,
  TextField,
  Tooltip,
} from "@mui/material";
import { useListPortfolioGroupsQuery } from "../../api/generated/api";
import { DateField } from "../../kit/DateField";
import { METHODS, METRICS } from "../allocations/method/methods";
import type { Terms } from "./lines";

/** Methods that need no amounts of single accounts, which a line has no cells for. */
const OF_LINES = METHODS.filter(({ value }) => value !== "CUSTOM_WEIGHTS");

interface TermsFieldsProps {
  terms: Terms;
  onChange: (changes: Partial<Terms>) => void;
}

/** What lines leave out, and what they may count on. */
export function TermsFields({ terms, onChange }: TermsFieldsProps) {
  const minimises = terms.method === "MIN_DISPERSION";
  return (
    <Stack
      component="fieldset"
      direction="row"
      useFlexGap
      sx={{ flexWrap: "wrap", gap: 1.5, alignItems: "flex-start", border: 0, p: 0, m: 0, minWidth: 0 }}
    >
      <Choice
        label="Method"
        none="As each line says"
        value={terms.method}
        options={OF_LINES}
        onChange={(method) => onChange({ method, ...(method === "MIN_DISPERSION" ? {} : { metric: "" }) })}
      />
      {minimises && (
        <Choice
          label="Metric"
          none="Active spread duration"
          value={terms.metric}
          options={METRICS}
          onChange={(metric) => onChange({ metric })}
        />
      )}
      <Groups terms={terms} onChange={onChange} />
      <DateField
        label="Settlement date"
        value={terms.settlement}
        onChange={(settlement) => onChange({ settlement })}
        sx={{ width: 170 }}
      />
      <PolicyFields terms={terms} onChange={onChange} />
    </Stack>
  );
}

/** What lines may count on, and whether they are split at once: also of a file, which has no defaults. */
export function PolicyFields({ terms, onChange }: TermsFieldsProps) {
  return (
    <>
      <FormControlLabel
        control={
          <Checkbox
            checked={terms.salesFundBuys}
            onChange={(_event, salesFundBuys) => onChange({ salesFundBuys })}
          />
        }
        label="Sales fund purchases that settle no earlier"
      />
      <Tooltip title="All lines are split at once, for the least dispersion over all accounts. Each line is then by Min dispersion, with the same metric.">
        <FormControlLabel
          control={
            <Switch
              checked={terms.joint}
              onChange={(_event, joint) =>
                onChange({ joint, ...(joint && terms.method === "" ? { method: "MIN_DISPERSION" } : {}) })
              }
            />
          }
          label="Joint split"
        />
      </Tooltip>
    </>
  );
}

function Groups({ terms, onChange }: TermsFieldsProps) {
  const { data } = useListPortfolioGroupsQuery();
  const names = new Map(data?.portfolio_groups.map((group) => [group.group_id, group.group_name]));
  return (
    <Autocomplete
      multiple
      disableCloseOnSelect
      options={[...names.keys()]}
      value={[...terms.groups]}
      onChange={(_event, groups) => onChange({ groups })}
      getOptionLabel={(id) => id}
      renderOption={({ key, ...props }, id) => (
        <li key={key} {...props}>
          {names.get(id) && names.get(id) !== id ? `${id} · ${names.get(id)}` : id}
        </li>
      )}
      renderInput={(params) => (
        <TextField
          {...params}
          label="Groups"
          placeholder={terms.groups.length === 0 ? "As each line says" : ""}
          slotProps={{ ...params.slotProps, inputLabel: { ...params.slotProps.inputLabel, shrink: true } }}
        />
      )}
      sx={{ minWidth: 220, maxWidth: 420, flexGrow: 1 }}
    />
  );
}

function Choice({
  label,
  none,
  value,
  options,
  onChange,
}: {
  label: string;
  none: string;
  value: string;
  options: readonly { value: string; title: string }[];
  onChange: (value: string) => void;
}) {
  return (
    <TextField
      select
      label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      sx={{ minWidth: 170 }}
      slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
    >
      <MenuItem value="">{none}</MenuItem>
      {options.map((option) => (
        <MenuItem key={option.value} value={option.value}>
          {option.title}
        </MenuItem>
      ))}
    </TextField>
  );
}
