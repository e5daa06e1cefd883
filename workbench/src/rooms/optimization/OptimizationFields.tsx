import { Box, Button, Typography } from "@mui/material";
import { type FormEvent, useState } from "react";
import type { MarketAsset, OptimizationRequest } from "../../api/generated/api";
import { fieldErrors } from "../../api/problems";
import { DateField } from "../../kit/DateField";
import { Section } from "../../kit/Section";
import { ErrorNote } from "../../kit/states";
import { AssetsField, ChoiceField, FIELDS, NumberField, type PartProps } from "./fields";
import { LimitFields } from "./LimitFields";
import { ModelFields } from "./ModelFields";
import {
  BEGINNING,
  hasLevel,
  hasRadius,
  hasThreshold,
  isRule,
  MAX_ASSETS,
  measureOf,
  type OptimizationForm,
  requestOf,
} from "./optimizationForm";
import { COVARIANCES, FREQUENCIES, MEASURES, MODELS, OBJECTIVES } from "./portfolioWords";

/** What portfolio is sought: errors of all fields appear at once, when it is asked for. */
export function OptimizationFields({
  assets,
  error,
  busy,
  onAsk,
}: {
  assets: readonly MarketAsset[];
  error: unknown;
  busy: boolean;
  onAsk: (request: OptimizationRequest) => void;
}) {
  const [form, setForm] = useState(BEGINNING);
  const [tried, setTried] = useState(false);
  const change = (changes: Partial<OptimizationForm>) => setForm((before) => ({ ...before, ...changes }));
  const { request, errors } = requestOf(form);
  const shown = { ...fieldErrors(error), ...(tried ? errors : {}) };
  const part = { form, errors: shown, onChange: change, symbols: assets.map(({ symbol }) => symbol) };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(errors).length === 0 && !busy) onAsk(request);
  };
  return (
    <Box component="form" noValidate onSubmit={submit} aria-label="What to optimise">
      <AssetFields {...part} />
      <Section title="Aim">
        <AimFields {...part} />
      </Section>
      {form.model !== "Classic" && <ModelFields {...part} />}
      {!isRule(form.objective) && <LimitFields {...part} />}
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 2, alignItems: "center", my: 2 }}>
        <Button type="submit" variant="contained" loading={busy}>
          Optimise
        </Button>
        <Typography role="status" color="textSecondary">
          {busy && "Looking for the best weights, and for the efficient frontier."}
          {!busy && tried && Object.keys(errors).length > 0 && "Mend what is marked first."}
        </Typography>
      </Box>
      {error !== undefined && !busy && <ErrorNote error={error} title="No portfolio was found" />}
    </Box>
  );
}

/** A part of the form, with the symbols that there are. */
export type SymbolsProps = PartProps & { symbols: readonly string[] };

function AssetFields({ form, errors, onChange, symbols }: SymbolsProps) {
  return (
    <Section title="Assets and days">
      <Box sx={{ display: "grid", gap: 2, pt: 0.5, maxWidth: 1100 }}>
        <AssetsField
          label="Assets"
          options={symbols}
          value={form.assets}
          error={errors.assets}
          hint={`Days count on which all of them have a price; at most ${MAX_ASSETS}.`}
          onChange={(assets) => onChange({ assets })}
        />
        <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1.5, alignItems: "flex-start" }}>
          <Button
            variant="outlined"
            disabled={symbols.length > MAX_ASSETS}
            onClick={() => onChange({ assets: [...symbols] })}
          >
            All assets
          </Button>
          <DateField
            label="First day"
            value={form.from}
            error={errors.start_date !== undefined}
            helperText={errors.start_date}
            onChange={(from) => onChange({ from })}
            sx={{ width: 140 }}
          />
          <DateField
            label="Last day"
            value={form.to}
            error={errors.end_date !== undefined}
            helperText={errors.end_date}
            onChange={(to) => onChange({ to })}
            sx={{ width: 140 }}
          />
          <ChoiceField
            label="Returns"
            choices={FREQUENCIES}
            value={form.frequency}
            error={errors.frequency}
            onChange={(frequency) => onChange({ frequency })}
          />
        </Box>
      </Box>
    </Section>
  );
}

function AimFields({ form, errors, onChange }: PartProps) {
  const measure = measureOf(form);
  return (
    <Box sx={FIELDS}>
      <ChoiceField
        label="Objective"
        choices={OBJECTIVES}
        value={form.objective}
        error={errors.objective}
        onChange={(objective) => onChange({ objective })}
      />
      <ChoiceField
        label="Measure of risk"
        choices={MEASURES}
        value={measure}
        error={errors.risk_measure}
        disabled={measure !== form.measure || isRule(form.objective) || form.model === "FM"}
        onChange={(chosen) => onChange({ measure: chosen })}
      />
      <ChoiceField
        label="Expected returns from"
        choices={MODELS}
        value={form.model}
        error={errors.model}
        onChange={(model) => onChange({ model })}
      />
      <NumberField
        label="Risk-free rate, %"
        value={form.riskFree}
        hint="Of a year."
        error={errors.risk_free_rate}
        onChange={(riskFree) => onChange({ riskFree })}
      />
      <MeasureFields form={form} errors={errors} onChange={onChange} />
    </Box>
  );
}

/** What only some measures and objectives have. */
function MeasureFields({ form, errors, onChange }: PartProps) {
  const measure = measureOf(form);
  return (
    <>
      {form.objective === "Utility" && (
        <NumberField
          label="Aversion to risk"
          value={form.aversion}
          hint="Weight of the risk of a period against the return."
          error={errors.risk_aversion}
          onChange={(aversion) => onChange({ aversion })}
        />
      )}
      {measure === "MV" && (
        <ChoiceField
          label="Covariance"
          choices={COVARIANCES}
          value={form.covariance}
          error={errors.covariance}
          onChange={(covariance) => onChange({ covariance })}
        />
      )}
      {hasLevel(measure) && (
        <NumberField
          label="Confidence, %"
          value={form.level}
          hint="95: the worst 5 % of the periods count."
          error={errors.level}
          onChange={(level) => onChange({ level })}
        />
      )}
      {hasThreshold(measure) && (
        <NumberField
          label="Counted from a return of, %"
          value={form.threshold}
          hint="Of a period."
          error={errors.threshold}
          onChange={(threshold) => onChange({ threshold })}
        />
      )}
      {hasRadius(measure) && !isRule(form.objective) && (
        <NumberField
          label="Robustness, %"
          value={form.radius}
          hint="How far the true returns of a period may lie from those of the sample; the worst case counts."
          error={errors.radius}
          onChange={(radius) => onChange({ radius })}
        />
      )}
    </>
  );
}
