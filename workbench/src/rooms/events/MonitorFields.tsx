import { Box, Button, FormControlLabel, Switch, TextField } from "@mui/material";
import { type FormEvent, useState } from "react";
import { type AssetClass, type PortfolioStatus, usePutMonitorConfigMutation } from "../../api/generated/api";
import { fieldErrors } from "../../api/problems";
import { sendSafely } from "../../api/safely";
import { ChoiceField } from "../../kit/ChoiceField";
import { NumberField } from "../../kit/NumberField";
import { ErrorNote } from "../../kit/states";
import { configOf, type Errors, formOf, type MonitorForm, THRESHOLDS } from "./monitorForm";
import { CLASSES } from "./monitorWords";

const FIELDS = {
  display: "grid",
  gridTemplateColumns: { sm: "repeat(auto-fill, minmax(220px, 1fr))" },
  gap: 2,
  alignItems: "start",
  maxWidth: 1100,
  mt: 1.5,
};

/** How a portfolio is monitored; it is stored against the version that was read. */
export function MonitorFields({ status, readOnly }: { status: PortfolioStatus; readOnly: boolean }) {
  const { portfolio_id: portfolioId, config: shown, version, assets } = status;
  const [form, setForm] = useState(() => formOf(shown));
  const [tried, setTried] = useState(false);
  const [put, { error, isLoading }] = usePutMonitorConfigMutation();
  const change = (changes: Partial<MonitorForm>) => setForm((before) => ({ ...before, ...changes }));
  const { config, errors } = configOf(form, version);
  const told: Errors = { ...fieldErrors(error), ...(tried ? errors : {}) };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(errors).length > 0 || isLoading) return;
    void sendSafely((key) =>
      put({ "Idempotency-Key": key, portfolioId, monitorConfig: config }).unwrap(),
    ).catch(() => {
      // It is shown.
    });
  };
  return (
    <Box component="form" noValidate onSubmit={submit} aria-label="How it is monitored">
      <Box component="fieldset" disabled={readOnly} sx={{ border: 0, m: 0, p: 0, minWidth: 0 }}>
        <FormControlLabel
          control={
            <Switch
              checked={form.isAutomatic}
              disabled={readOnly}
              onChange={(_event, isAutomatic) => change({ isAutomatic })}
            />
          }
          label="Events and times recalculate it"
        />
        <Terms form={form} errors={told} onChange={change} />
        <Classes assets={assets} form={form} readOnly={readOnly} onChange={change} />
      </Box>
      {!readOnly && (
        <Button type="submit" variant="contained" loading={isLoading} sx={{ my: 2 }}>
          {version === 0 ? "Monitor it" : "Store a new version"}
        </Button>
      )}
      {error !== undefined && !isLoading && <ErrorNote error={error} title="It was not stored" />}
    </Box>
  );
}

interface PartProps {
  form: MonitorForm;
  errors: Errors;
  onChange: (changes: Partial<MonitorForm>) => void;
}

function Terms({ form, errors, onChange }: PartProps) {
  return (
    <Box sx={FIELDS}>
      <NumberField
        label="Between two recalculations, minutes"
        hint="Deposits, withdrawals and requests pass"
        text={form.interval}
        error={errors.minimum_interval}
        onChange={(interval) => onChange({ interval })}
      />
      <TextField
        label="Times of the day"
        value={form.times}
        onChange={(event) => onChange({ times: event.target.value })}
        error={errors.scheduled_recalculations !== undefined}
        helperText={errors.scheduled_recalculations ?? "Such as 09:30, 16:00"}
      />
      {THRESHOLDS.map(([name, label]) => (
        <NumberField
          key={name}
          label={`Threshold: ${label}`}
          text={form.thresholds[name]}
          error={errors[`significance_thresholds.${name}`]}
          onChange={(typed) => onChange({ thresholds: { ...form.thresholds, [name]: typed } })}
        />
      ))}
    </Box>
  );
}

function Classes({
  assets,
  form,
  readOnly,
  onChange,
}: Omit<PartProps, "errors"> & { assets: readonly string[]; readOnly: boolean }) {
  const set = (asset: string, chosen: AssetClass | "none") => {
    const { [asset]: _before, ...others } = form.classes;
    onChange({ classes: chosen === "none" ? others : { ...others, [asset]: chosen } });
  };
  return (
    <Box sx={FIELDS}>
      {assets.map((asset) => (
        <ChoiceField
          key={asset}
          label={`Class of ${asset}`}
          value={form.classes[asset] ?? "none"}
          choices={CLASSES}
          disabled={readOnly}
          onChange={(chosen) => set(asset, chosen)}
        />
      ))}
    </Box>
  );
}
