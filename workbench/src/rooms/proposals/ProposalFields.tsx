import { Box, Button, MenuItem, TextField, Typography } from "@mui/material";
import { type FormEvent, useState } from "react";
import type { ProposalRequest, ProposalScope } from "../../api/generated/api";
import { fieldErrors } from "../../api/problems";
import { NumberField } from "../../kit/NumberField";
import { QuantityField } from "../../kit/QuantityField";
import { Section } from "../../kit/Section";
import { ErrorNote } from "../../kit/states";
import { CandidateFields } from "./CandidateFields";
import { BEGINNING, type ProposalForm, requestOf, SECONDS, type Size } from "./proposalForm";
import { MODES } from "./proposalWords";

const MONEY = { decimals: 2 };
const MONEY_OR_NONE = { decimals: 2, zero: true };
const FIELDS = {
  display: "grid",
  gridTemplateColumns: { sm: "repeat(auto-fill, minmax(300px, 1fr))" },
  gap: 2,
  alignItems: "start",
  maxWidth: 1000,
  pt: 0.5,
};

/** What is to be proposed: errors of all fields appear at once, when it is asked for. */
export function ProposalFields({
  scope,
  id,
  error,
  busy,
  onAsk,
}: {
  scope: ProposalScope;
  id: string;
  error: unknown;
  busy: boolean;
  onAsk: (request: ProposalRequest) => void;
}) {
  const [form, setForm] = useState(BEGINNING);
  const [tried, setTried] = useState(false);
  const change = (changes: Partial<ProposalForm>) => setForm((before) => ({ ...before, ...changes }));
  const { request, errors } = requestOf(form, scope, id);
  const shown: Record<string, string | undefined> = { ...fieldErrors(error), ...(tried ? errors : {}) };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(errors).length === 0 && !busy) onAsk(request);
  };
  return (
    <Box component="form" noValidate onSubmit={submit} aria-label="What to propose">
      <Aim form={form} errors={shown} onChange={change} />
      <CandidateFields form={form} error={shown.security_ids} onChange={change} />
      <Section title="Limits" note="What is left empty does not limit">
        <Limits form={form} errors={shown} onChange={change} />
      </Section>
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 2, alignItems: "center", my: 2 }}>
        <Button type="submit" variant="contained" loading={busy}>
          Propose trades
        </Button>
        <Typography role="status" color="textSecondary">
          {busy && `Reading the positions, then looking for trades for up to ${form.seconds} seconds.`}
        </Typography>
      </Box>
      {error !== undefined && !busy && <ErrorNote error={error} title="Nothing was proposed" />}
    </Box>
  );
}

interface PartProps {
  form: ProposalForm;
  /** By the fields of the request. */
  errors: Record<string, string | undefined>;
  onChange: (changes: Partial<ProposalForm>) => void;
}

function Aim({ form, errors, onChange }: PartProps) {
  return (
    <Box sx={FIELDS}>
      <TextField
        select
        label="Aim"
        value={form.mode}
        helperText={MODES[form.mode].hint}
        onChange={(event) => onChange({ mode: event.target.value as ProposalForm["mode"] })}
      >
        {Object.entries(MODES).map(([mode, { name }]) => (
          <MenuItem key={mode} value={mode}>
            {name}
          </MenuItem>
        ))}
      </TextField>
      {form.mode === "cash_raise" && (
        <Money
          label="Cash to raise"
          size={form.amount}
          error={errors.amount}
          onChange={(amount) => onChange({ amount })}
        />
      )}
    </Box>
  );
}

function Money({
  label,
  size,
  error,
  zero = false,
  onChange,
}: {
  label: string;
  size: Size;
  error?: string;
  zero?: boolean;
  onChange: (size: Size) => void;
}) {
  return (
    <QuantityField
      label={label}
      text={size.text}
      value={size.value}
      rules={zero ? MONEY_OR_NONE : MONEY}
      unit=""
      error={error}
      onChange={(text, value) => onChange({ text, value })}
    />
  );
}

function Limits({ form, errors, onChange }: PartProps) {
  return (
    <Box sx={FIELDS}>
      <Money
        label="Least trade, money"
        size={form.minimum}
        zero
        error={errors.minimum_trade}
        onChange={(minimum) => onChange({ minimum })}
      />
      <NumberField
        label="Most turnover, % of NAV"
        hint="Half of what an account buys and sells"
        text={form.turnover}
        error={errors.maximum_turnover_percent}
        onChange={(turnover) => onChange({ turnover })}
      />
      <NumberField
        label="Cost of a trade per 100 face"
        hint="Such as 0.05"
        text={form.costPer100}
        error={errors.cost_per_100}
        onChange={(costPer100) => onChange({ costPer100 })}
      />
      <Money
        label="Most cost, money"
        size={form.cost}
        zero
        error={errors.maximum_cost}
        onChange={(cost) => onChange({ cost })}
      />
      <TextField
        select
        label="Time to look, seconds"
        value={form.seconds}
        helperText="After it, the best that was found is shown, with what is not proved"
        onChange={(event) => onChange({ seconds: Number(event.target.value) })}
      >
        {SECONDS.map((seconds) => (
          <MenuItem key={seconds} value={seconds}>
            {seconds}
          </MenuItem>
        ))}
      </TextField>
    </Box>
  );
}
