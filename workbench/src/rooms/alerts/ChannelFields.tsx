import { Autocomplete, Box, FormControlLabel, MenuItem, Stack, Switch, TextField } from "@mui/material";
import { type RuleName, useListPortfolioGroupsQuery } from "../../api/generated/api";
import { BODIES, DIGESTS, KINDS, RULES, SEVERITIES } from "./alertWords";
import { type ChannelForm, hasRecipients } from "./channelForm";

interface Part {
  form: ChannelForm;
  errors: Readonly<Record<string, string>>;
  onChange: (changes: Partial<ChannelForm>) => void;
}

type Texts = "name" | "url" | "secret" | "quiet_from" | "quiet_to";
type Choices = "kind" | "body" | "severity" | "digest";

/** Where a channel tells, of what, and when. */
export function ChannelFields(part: Part) {
  const { form, onChange } = part;
  return (
    <Stack spacing={2} sx={{ pt: 1 }}>
      <Text {...part} name="name" label="Name" autoFocus />
      <Where {...part} />
      <OfWhat {...part} />
      <When {...part} />
      <FormControlLabel
        control={<Switch checked={form.enabled} onChange={(_event, enabled) => onChange({ enabled })} />}
        label="Tells of alerts"
      />
    </Stack>
  );
}

function Text({
  form,
  errors,
  onChange,
  name,
  label,
  hint,
  autoFocus,
}: Part & { name: Texts; label: string; hint?: string; autoFocus?: boolean }) {
  return (
    <TextField
      label={label}
      value={form[name]}
      autoFocus={autoFocus}
      autoComplete="off"
      fullWidth
      error={errors[name] !== undefined}
      helperText={errors[name] ?? hint}
      onChange={(event) => onChange({ [name]: event.target.value })}
    />
  );
}

function Choice({
  form,
  errors,
  onChange,
  name,
  label,
  choices,
}: Part & { name: Choices; label: string; choices: Record<string, string> }) {
  return (
    <TextField
      select
      fullWidth
      label={label}
      value={form[name]}
      error={errors[name] !== undefined}
      helperText={errors[name]}
      onChange={(event) => onChange({ [name]: event.target.value })}
    >
      {Object.entries(choices).map(([value, words]) => (
        <MenuItem key={value} value={value}>
          {words}
        </MenuItem>
      ))}
    </TextField>
  );
}

function Where(part: Part) {
  const { form, errors, onChange } = part;
  return (
    <>
      <Choice {...part} name="kind" label="Kind" choices={KINDS} />
      {form.kind === "WEBHOOK" && (
        <>
          <Text
            {...part}
            name="url"
            label="Address"
            hint="https, on a host that ALERT_WEBHOOK_HOSTS names; {secret} in it stands for the secret"
          />
          <Choice {...part} name="body" label="What it is sent" choices={BODIES} />
          <Text
            {...part}
            name="secret"
            label="Name of its secret"
            hint="The end of a setting ALERT_WEBHOOK_SECRET_…; the secret itself is shown nowhere"
          />
        </>
      )}
      {hasRecipients(form) && (
        <Autocomplete
          multiple
          freeSolo
          autoSelect
          options={[] as string[]}
          value={form.recipients}
          onChange={(_event, recipients) => onChange({ recipients: [...new Set(recipients)] })}
          renderInput={(params) => (
            <TextField
              {...params}
              label="Recipients"
              error={errors.recipients !== undefined}
              helperText={
                errors.recipients ??
                (form.kind === "EMAIL"
                  ? "Addresses such as desk@example.com; Enter adds one"
                  : "Phone numbers such as +15550100200; Enter adds one")
              }
            />
          )}
        />
      )}
    </>
  );
}

function OfWhat(part: Part) {
  const { form, errors, onChange } = part;
  const { data } = useListPortfolioGroupsQuery();
  return (
    <>
      <Choice {...part} name="severity" label="Least severity" choices={SEVERITIES} />
      <Autocomplete
        multiple
        options={Object.keys(RULES) as RuleName[]}
        value={form.rules}
        getOptionLabel={(rule) => RULES[rule]}
        onChange={(_event, rules) => onChange({ rules })}
        renderInput={(params) => (
          <TextField {...params} label="Rules" helperText={errors.rules ?? "Empty: all rules"} />
        )}
      />
      <Autocomplete
        multiple
        freeSolo
        autoSelect
        options={data?.portfolio_groups.map(({ group_id }) => group_id) ?? []}
        value={form.groups}
        onChange={(_event, groups) => onChange({ groups: [...new Set(groups)] })}
        renderInput={(params) => (
          <TextField
            {...params}
            label="Groups"
            error={errors.groups !== undefined}
            helperText={errors.groups ?? "Empty: all groups. Alerts of the whole desk come besides."}
          />
        )}
      />
    </>
  );
}

function When(part: Part) {
  return (
    <>
      <Choice {...part} name="digest" label="When it tells" choices={DIGESTS} />
      <Box sx={{ display: "flex", gap: 2 }}>
        <Text {...part} name="quiet_from" label="Quiet from" hint="HH:MM, in the desk's time zone" />
        <Text {...part} name="quiet_to" label="Quiet to" hint="An emergency is told all the same" />
      </Box>
    </>
  );
}
