import { Alert, Box, Button, TextField } from "@mui/material";
import { type FormEvent, type ReactNode, useState } from "react";
import type { BacktestRequest, ShownBacktestRequest } from "../../api/generated/api";
import { fieldErrors } from "../../api/problems";
import { ChoiceField } from "../../kit/ChoiceField";
import { DateField } from "../../kit/DateField";
import { NumberField } from "../../kit/NumberField";
import { Section } from "../../kit/Section";
import { ErrorNote } from "../../kit/states";
import { AssetsField, BenchmarkField } from "../risk/AssetsField";
import { WeightsTable } from "../risk/WeightsTable";
import {
  type BacktestForm,
  BEGINNING,
  type Errors,
  formOf,
  keptOf,
  keptWords,
  needsWeights,
  requestOf,
} from "./backtestForm";
import { FREQUENCIES, MEASURES, OBJECTIVES, STRATEGIES } from "./backtestWords";

export const FIELDS = {
  display: "grid",
  gridTemplateColumns: { sm: "repeat(auto-fill, minmax(240px, 1fr))" },
  gap: 2,
  alignItems: "start",
  maxWidth: 1100,
  pt: 0.5,
};
const STRATEGY_NAMES = Object.fromEntries(
  Object.entries(STRATEGIES).map(([type, { name }]) => [type, name]),
) as Record<BacktestForm["type"], string>;
const TARGETS = { weights: "Weights of my own", optimised: "An optimisation" };

/** What else a form asks for, and what is wrong with that. */
interface More {
  part: (form: BacktestForm, errors: Errors) => ReactNode;
  errors: (form: BacktestForm) => Errors;
}

const NO_MORE: More = { part: () => null, errors: () => ({}) };

/** What is to be run: errors of all fields appear at once, when it is asked for. */
export function BacktestFields({
  again,
  action = "Run the backtest",
  more = NO_MORE,
  prefix = "",
  error,
  busy,
  onRun,
}: {
  /** A backtest that was run before, whose terms stand in the fields at first. */
  again?: ShownBacktestRequest;
  action?: string;
  more?: More;
  /** Before the names of the fields, where the service has the backtest within something else. */
  prefix?: string;
  error: unknown;
  busy: boolean;
  onRun: (request: BacktestRequest, form: BacktestForm) => void;
}) {
  const [form, setForm] = useState(() => (again ? formOf(again) : BEGINNING));
  const [tried, setTried] = useState(false);
  const change = (changes: Partial<BacktestForm>) => setForm((before) => ({ ...before, ...changes }));
  const kept = again && keptOf(again);
  const made = requestOf(form, kept);
  const { request } = made;
  const errors = { ...made.errors, ...more.errors(form) };
  const told = Object.entries(fieldErrors(error)).map(([field, text]) => [
    field.startsWith(prefix) ? field.slice(prefix.length) : field,
    text,
  ]);
  const shown: Errors = { ...Object.fromEntries(told), ...(tried ? errors : {}) };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(errors).length === 0 && !busy) onRun(request, form);
  };
  const part = { form, errors: shown, onChange: change };
  return (
    <Box component="form" noValidate onSubmit={submit} aria-label="What to run">
      <Section title="Strategy">
        <Strategy {...part} />
      </Section>
      <Section title="Assets">
        <Box sx={{ maxWidth: 1100 }}>
          <AssetsField value={form.assets} onChange={(assets) => change({ assets })} error={shown.assets} />
        </Box>
        {needsWeights(form) && (
          <Box sx={{ mt: 1.5 }}>
            <WeightsTable
              assets={form.assets}
              weights={{ percents: form.percents, onChange: (percents) => change({ percents }) }}
              error={shown["strategy.parameters.weights"]}
            />
          </Box>
        )}
      </Section>
      <Section title="Period, money and costs">
        <Terms {...part} />
      </Section>
      {more.part(form, shown)}
      {kept && !needsWeights(form) && keptWords(kept).length > 0 && (
        <Alert severity="info" variant="outlined" sx={{ mt: 2, maxWidth: 1100 }}>
          Kept as they were, without a field here: {keptWords(kept).join(", ")}.
        </Alert>
      )}
      <Button type="submit" variant="contained" loading={busy} sx={{ my: 2 }}>
        {action}
      </Button>
      {error !== undefined && !busy && <ErrorNote error={error} title="The backtest was not taken" />}
    </Box>
  );
}

interface PartProps {
  form: BacktestForm;
  errors: Errors;
  onChange: (changes: Partial<BacktestForm>) => void;
}

function Strategy({ form, errors, onChange }: PartProps) {
  return (
    <Box sx={FIELDS}>
      <ChoiceField
        label="Strategy"
        value={form.type}
        choices={STRATEGY_NAMES}
        hint={STRATEGIES[form.type].hint}
        error={errors["strategy.type"]}
        onChange={(type) => onChange({ type })}
      />
      {form.type === "rebalancing" && (
        <>
          <ChoiceField
            label="Target"
            value={form.isOptimised ? "optimised" : "weights"}
            choices={TARGETS}
            onChange={(target) => onChange({ isOptimised: target === "optimised" })}
          />
          <NumberField
            label="Threshold, points of weight"
            hint="How far from its target a weight is left"
            text={form.thresholdPercent}
            error={errors["strategy.parameters.threshold"]}
            onChange={(thresholdPercent) => onChange({ thresholdPercent })}
          />
        </>
      )}
      {!needsWeights(form) && <Optimisation form={form} errors={errors} onChange={onChange} />}
      {form.type !== "buy_and_hold" && (
        <ChoiceField
          label="Decides"
          value={form.frequency}
          choices={FREQUENCIES}
          hint="On the first trading day of each"
          onChange={(frequency) => onChange({ frequency })}
        />
      )}
    </Box>
  );
}

function Optimisation({ form, errors, onChange }: PartProps) {
  return (
    <>
      <ChoiceField
        label="Objective"
        value={form.objective}
        choices={OBJECTIVES}
        error={errors["strategy.parameters.objective"]}
        onChange={(objective) => onChange({ objective })}
      />
      <ChoiceField
        label="Measure of risk"
        value={form.measure}
        choices={MEASURES}
        error={errors["strategy.parameters.risk_measure"]}
        onChange={(measure) => onChange({ measure })}
      />
      {form.objective === "Utility" && (
        <NumberField
          label="Weight of the risk"
          text={form.riskAversion}
          error={errors["strategy.parameters.risk_aversion"]}
          onChange={(riskAversion) => onChange({ riskAversion })}
        />
      )}
      <NumberField
        label="Window, days"
        hint="Returns that a decision sees"
        text={form.window}
        error={errors["strategy.parameters.window"]}
        onChange={(window) => onChange({ window })}
      />
      <NumberField
        label="Most weight of an asset, %"
        text={form.upperBoundPercent}
        error={errors["constraints.upper_bound"]}
        onChange={(upperBoundPercent) => onChange({ upperBoundPercent })}
      />
    </>
  );
}

function Terms({ form, errors, onChange }: PartProps) {
  return (
    <Box sx={FIELDS}>
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
      <NumberField
        label="Initial capital"
        text={form.capital}
        error={errors.initial_capital}
        onChange={(capital) => onChange({ capital })}
      />
      <NumberField
        label="Costs, basis points of what is traded"
        text={form.costsBasisPoints}
        error={errors["strategy.transaction_costs"]}
        onChange={(costsBasisPoints) => onChange({ costsBasisPoints })}
      />
      <NumberField
        label="Market impact"
        hint="Factor of the square-root law; 0 is none"
        text={form.impact}
        error={errors["strategy.market_impact"]}
        onChange={(impact) => onChange({ impact })}
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
        label="Name"
        value={form.name}
        onChange={(event) => onChange({ name: event.target.value })}
        error={errors.name !== undefined}
        helperText={errors.name ?? "By which you find it again"}
      />
    </Box>
  );
}
