import { Box, Button, TextField } from "@mui/material";
import { type FormEvent, useState } from "react";
import type { RiskRequest } from "../../api/generated/api";
import { fieldErrors } from "../../api/problems";
import { ChoiceField } from "../../kit/ChoiceField";
import { DateField } from "../../kit/DateField";
import { NumberField } from "../../kit/NumberField";
import { Section } from "../../kit/Section";
import { ErrorNote } from "../../kit/states";
import { AssetsField, BenchmarkField } from "./AssetsField";
import { BEGINNING, type Errors, type RiskForm, requestOf } from "./riskForm";
import { COVARIANCES, FREQUENCIES } from "./riskWords";
import { WeightsTable } from "./WeightsTable";

/** What is to be measured: errors of all fields appear at once, when it is asked for. */
export function RiskFields({
  error,
  busy,
  onChange,
  onAsk,
}: {
  error: unknown;
  busy: boolean;
  onChange: () => void;
  onAsk: (request: RiskRequest) => void;
}) {
  const [form, setForm] = useState(BEGINNING);
  const [tried, setTried] = useState(false);
  const change = (changes: Partial<RiskForm>) => {
    setForm((before) => ({ ...before, ...changes }));
    onChange();
  };
  const { request, errors } = requestOf(form);
  const shown: Errors = { ...fieldErrors(error), ...(tried ? errors : {}) };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(errors).length === 0 && !busy) onAsk(request);
  };
  return (
    <Box component="form" noValidate onSubmit={submit} aria-label="What to measure">
      <Section title="Weights" note="A shock is what an asset loses at once; without one it stays">
        <Box sx={{ maxWidth: 1100, mb: 1.5, pt: 0.5 }}>
          <AssetsField
            value={form.assets}
            onChange={(assets) => change({ assets })}
            error={form.assets.length === 0 ? shown.weights : undefined}
          />
        </Box>
        <WeightsTable
          assets={form.assets}
          weights={{ percents: form.weights, onChange: (weights) => change({ weights }) }}
          shocks={{ percents: form.shocks, onChange: (shocks) => change({ shocks }) }}
          error={[shown.weights, shown.shocks].filter(Boolean).join(" ") || undefined}
        />
      </Section>
      <Section title="Period and measures">
        <Terms form={form} errors={shown} onChange={change} />
      </Section>
      <Button type="submit" variant="contained" loading={busy} sx={{ my: 2 }}>
        Measure the risk
      </Button>
      {error !== undefined && !busy && <ErrorNote error={error} title="The risk was not measured" />}
    </Box>
  );
}

function Terms({
  form,
  errors,
  onChange,
}: {
  form: RiskForm;
  errors: Errors;
  onChange: (changes: Partial<RiskForm>) => void;
}) {
  return (
    <Box
      sx={{
        display: "grid",
        gridTemplateColumns: { sm: "repeat(auto-fill, minmax(240px, 1fr))" },
        gap: 2,
        alignItems: "start",
        maxWidth: 1100,
        pt: 0.5,
      }}
    >
      <DateField
        label="First day"
        value={form.start}
        onChange={(start) => onChange({ start })}
        error={errors.start_date !== undefined}
        helperText={errors.start_date ?? "Empty: the first with prices"}
      />
      <DateField
        label="Last day"
        value={form.end}
        onChange={(end) => onChange({ end })}
        error={errors.end_date !== undefined}
        helperText={errors.end_date ?? "Empty: the last with prices"}
      />
      <ChoiceField
        label="Periods"
        value={form.frequency}
        choices={FREQUENCIES}
        onChange={(frequency) => onChange({ frequency })}
      />
      <ChoiceField
        label="Covariance"
        value={form.covariance}
        choices={COVARIANCES}
        onChange={(covariance) => onChange({ covariance })}
      />
      <BenchmarkField
        value={form.benchmark}
        onChange={(benchmark) => onChange({ benchmark })}
        error={errors.benchmark}
      />
      <NumberField
        label="Risk-free rate of a year, %"
        text={form.riskFreePercent}
        error={errors.risk_free_rate}
        onChange={(riskFreePercent) => onChange({ riskFreePercent })}
      />
      <TextField
        label="Levels of confidence, %"
        value={form.levels}
        onChange={(event) => onChange({ levels: event.target.value })}
        error={errors.levels !== undefined}
        helperText={errors.levels ?? "Such as 95, 99"}
      />
      <NumberField
        label="Worst windows, periods"
        hint="Empty: not asked for"
        text={form.worstPeriods}
        error={errors["worst_windows.periods"]}
        onChange={(worstPeriods) => onChange({ worstPeriods })}
      />
      <NumberField
        label="Rolling window, periods"
        hint="Empty: not asked for"
        text={form.rollingWindow}
        error={errors["rolling.window"]}
        onChange={(rollingWindow) => onChange({ rollingWindow })}
      />
    </Box>
  );
}
