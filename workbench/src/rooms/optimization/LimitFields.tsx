import { Box, Button, FormHelperText, TextField } from "@mui/material";
import { Section } from "../../kit/Section";
import { AssetsField, FIELDS, NumberField, type PartProps } from "./fields";
import { type GroupForm, MAX_GROUPS, NO_GROUP, type OptimizationForm } from "./optimizationForm";

type Typed = {
  [Name in keyof OptimizationForm]: OptimizationForm[Name] extends string ? Name : never;
}[keyof OptimizationForm];

/** Fields of numbers: where they are kept, and which field of the request they become. */
const WEIGHTS: readonly (readonly [name: Typed, field: string, label: string, hint: string])[] = [
  ["lower", "lower_bound", "Least of each asset, %", "Below 0 allows to sell short."],
  ["upper", "upper_bound", "Most of each asset, %", "Empty: 100."],
  ["target", "target_return", "Least expected return, %", "Of a year, after costs."],
  ["most", "max_assets", "Assets at most", "Each of the others has nothing."],
  ["least", "min_weight", "Least of what is held, %", "Smaller weights are none."],
];

/** Limits of weights, and where the weights come from. */
export function LimitFields({ form, errors, onChange }: PartProps) {
  return (
    <>
      <Section title="Limits" note="What is left empty does not limit">
        <Box sx={FIELDS}>
          {WEIGHTS.map(([name, field, label, hint]) => (
            <NumberField
              key={name}
              label={label}
              value={form[name]}
              hint={hint}
              error={errors[`constraints.${field}`]}
              onChange={(value) => onChange({ [name]: value })}
            />
          ))}
        </Box>
      </Section>
      <GroupFields form={form} errors={errors} onChange={onChange} />
      <Section title="What is held" note="For a limit of the turnover, and for what trades cost">
        <Box sx={FIELDS}>
          <TextField
            label="Weights that are held, %"
            placeholder={"EQ-US-LARGE 60\nBD-GOVT-LONG 40"}
            multiline
            minRows={2}
            maxRows={10}
            value={form.held}
            error={errors.current_weights !== undefined}
            helperText={errors.current_weights ?? "An asset and its weight on each line."}
            onChange={(event) => onChange({ held: event.target.value })}
            slotProps={{ inputLabel: { shrink: true } }}
          />
          <NumberField
            label="Turnover at most, %"
            value={form.turnover}
            hint="Half of what the weights change by."
            error={errors["constraints.max_turnover"]}
            onChange={(turnover) => onChange({ turnover })}
          />
          <NumberField
            label="Costs, %"
            value={form.cost}
            hint="Of what is bought or sold; they come off the return of a year."
            error={errors.transaction_cost}
            onChange={(cost) => onChange({ cost })}
          />
        </Box>
      </Section>
    </>
  );
}

function GroupFields({ form, errors, onChange }: PartProps) {
  const change = (place: number, changes: Partial<GroupForm>) =>
    onChange({
      groups: form.groups.map((group, each) => (each === place ? { ...group, ...changes } : group)),
    });
  return (
    <Section title="Limits of groups" note="Such as at least 20 % of bonds">
      {form.groups.map((group, place) => (
        <Group
          // biome-ignore lint/suspicious/noArrayIndexKey: a group is its place until it is removed.
          key={place}
          label={`Group ${place + 1}`}
          group={group}
          assets={form.assets}
          error={errors[`groups.${place}`]}
          onChange={(changes) => change(place, changes)}
          onRemove={() => onChange({ groups: form.groups.filter((_group, each) => each !== place) })}
        />
      ))}
      <Button
        variant="outlined"
        disabled={form.groups.length >= MAX_GROUPS}
        onClick={() => onChange({ groups: [...form.groups, NO_GROUP] })}
      >
        Add a group
      </Button>
    </Section>
  );
}

function Group({
  label,
  group,
  assets,
  error,
  onChange,
  onRemove,
}: {
  label: string;
  group: GroupForm;
  assets: readonly string[];
  error?: string;
  onChange: (changes: Partial<GroupForm>) => void;
  onRemove: () => void;
}) {
  return (
    <Box role="group" aria-label={label} sx={{ mb: 1.5, maxWidth: 1100 }}>
      <Box
        sx={{
          display: "grid",
          gridTemplateColumns: { md: "180px 1fr 110px 110px auto" },
          gap: 1.5,
          pt: 0.5,
          alignItems: "start",
        }}
      >
        <TextField
          label="Name"
          value={group.name}
          onChange={(event) => onChange({ name: event.target.value })}
          slotProps={{ htmlInput: { maxLength: 64 } }}
        />
        <AssetsField
          label="Assets of the group"
          options={assets}
          value={group.assets.filter((symbol) => assets.includes(symbol))}
          onChange={(chosen) => onChange({ assets: chosen })}
        />
        <NumberField label="Least, %" value={group.min} onChange={(min) => onChange({ min })} />
        <NumberField label="Most, %" value={group.max} onChange={(max) => onChange({ max })} />
        <Button aria-label={`Remove ${label.toLowerCase()}`} onClick={onRemove}>
          Remove
        </Button>
      </Box>
      {error && (
        <FormHelperText error role="alert">
          {error}
        </FormHelperText>
      )}
    </Box>
  );
}
