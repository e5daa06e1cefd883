import { Box, Button, MenuItem, TextField, Typography } from "@mui/material";
import { Section } from "../../kit/Section";
import { AssetsField, NumberField } from "./fields";
import type { SymbolsProps } from "./OptimizationFields";
import { MAX_VIEWS, NO_VIEW, type ViewForm } from "./optimizationForm";

/** What a model needs to be told: views of returns, or factors. */
export function ModelFields(props: SymbolsProps) {
  return props.form.model === "FM" ? <FactorFields {...props} /> : <ViewFields {...props} />;
}

function FactorFields({ form, errors, onChange, symbols }: SymbolsProps) {
  return (
    <Section title="Factors">
      <Box sx={{ maxWidth: 640, pt: 0.5 }}>
        <AssetsField
          label="Factors"
          options={symbols.filter((symbol) => !form.assets.includes(symbol) || form.factors.includes(symbol))}
          value={form.factors}
          error={errors.factors}
          hint="Assets with prices that are not among those to buy."
          onChange={(factors) => onChange({ factors })}
        />
      </Box>
    </Section>
  );
}

function ViewFields({ form, errors, onChange }: SymbolsProps) {
  const change = (place: number, changes: Partial<ViewForm>) =>
    onChange({ views: form.views.map((view, each) => (each === place ? { ...view, ...changes } : view)) });
  return (
    <Section title="Views" note="Without any, the returns are those that equal weights imply.">
      {form.views.map((view, place) => (
        <View
          // biome-ignore lint/suspicious/noArrayIndexKey: a view is its place until it is removed.
          key={place}
          name={`View ${place + 1}`}
          view={view}
          assets={form.assets}
          weightsError={errors[`views.${place}.weights`]}
          returnError={errors[`views.${place}.expected_return`]}
          onChange={(changes) => change(place, changes)}
          onRemove={() => onChange({ views: form.views.filter((_view, each) => each !== place) })}
        />
      ))}
      <Button
        variant="outlined"
        disabled={form.views.length >= MAX_VIEWS}
        onClick={() => onChange({ views: [...form.views, NO_VIEW] })}
      >
        Add a view
      </Button>
    </Section>
  );
}

function View({
  name,
  view,
  assets,
  weightsError,
  returnError,
  onChange,
  onRemove,
}: {
  name: string;
  view: ViewForm;
  assets: readonly string[];
  weightsError?: string;
  returnError?: string;
  onChange: (changes: Partial<ViewForm>) => void;
  onRemove: () => void;
}) {
  return (
    <Box
      role="group"
      aria-label={name}
      sx={{ display: "flex", flexWrap: "wrap", gap: 1.5, alignItems: "flex-start", pt: 0.5, mb: 1.5 }}
    >
      <AssetSelect
        label="Asset"
        assets={assets}
        value={view.asset}
        error={weightsError}
        onChange={(asset) => onChange({ asset })}
      />
      <AssetSelect
        label="More than"
        none="Of its own"
        assets={assets}
        value={view.against}
        onChange={(against) => onChange({ against })}
      />
      <NumberField
        label="Return, %"
        value={view.expected}
        hint="Of a year."
        error={returnError}
        onChange={(expected) => onChange({ expected })}
      />
      <Button aria-label={`Remove ${name.toLowerCase()}`} onClick={onRemove}>
        Remove
      </Button>
    </Box>
  );
}

function AssetSelect({
  label,
  assets,
  value,
  none,
  error,
  onChange,
}: {
  label: string;
  assets: readonly string[];
  value: string;
  /** What choosing none means, where one may. */
  none?: string;
  error?: string;
  onChange: (asset: string) => void;
}) {
  return (
    <TextField
      select
      label={label}
      value={assets.includes(value) ? value : ""}
      error={error !== undefined}
      helperText={error}
      onChange={(event) => onChange(event.target.value)}
      sx={{ width: 190 }}
      slotProps={none === undefined ? {} : { select: { displayEmpty: true }, inputLabel: { shrink: true } }}
    >
      {none !== undefined && <MenuItem value="">{none}</MenuItem>}
      {assets.length === 0 && none === undefined && (
        <MenuItem value="" disabled>
          <Typography variant="body2">Choose assets first</Typography>
        </MenuItem>
      )}
      {assets.map((symbol) => (
        <MenuItem key={symbol} value={symbol}>
          {symbol}
        </MenuItem>
      ))}
    </TextField>
  );
}
