import { Box, MenuItem, TextField } from "@mui/material";
import { Controller, type UseFormReturn } from "react-hook-form";
import type { PolicyValues } from "./policyForm";

type Form = UseFormReturn<PolicyValues>;

const CHOICES = {
  mode: [
    ["PER_ORDER", "Each order by itself"],
    ["LEDGER", "By what accounts are owed"],
  ],
  weights: [
    ["NAV", "Net asset value"],
    ["EQUAL", "Equal parts"],
    ["STATED", "Stated weights"],
  ],
  scope: [
    ["GROUP", "Each set of groups"],
    ["SECTOR", "Each sector within it"],
  ],
  carry: [
    ["YEARLY_RESET", "Zero each calendar year"],
    ["HALF_LIFE", "Halved in so many days"],
  ],
} as const;
const LABELS = { mode: "Split", weights: "Entitled by", scope: "A ledger for", carry: "Over time" } as const;

export function PolicyFields({ form, typed }: { form: Form; typed: PolicyValues }) {
  const { register, formState } = form;
  const { errors } = formState;
  return (
    <Box
      sx={{
        display: "grid",
        gap: 1.5,
        gridTemplateColumns: { xs: "1fr", md: "1fr 1fr" },
        alignItems: "start",
      }}
    >
      {(["mode", "weights", "scope", "carry"] as const).map((name) => (
        <Choice key={name} form={form} name={name} />
      ))}
      {typed.carry === "HALF_LIFE" && (
        <TextField
          {...register("half_life_days")}
          label="Days in which a balance halves"
          slotProps={{ htmlInput: { inputMode: "numeric" } }}
          error={!!errors.half_life_days}
          helperText={errors.half_life_days?.message}
        />
      )}
      <TextField
        {...register("fairness_weight")}
        label="Weight against dispersion"
        slotProps={{ htmlInput: { inputMode: "decimal" } }}
        error={!!errors.fairness_weight}
        helperText={errors.fairness_weight?.message ?? "Empty: chosen for each order"}
      />
      {typed.weights === "STATED" && (
        <TextField
          {...register("stated")}
          label="Weights, an account and a number a line"
          multiline
          minRows={4}
          maxRows={14}
          error={!!errors.stated}
          helperText={
            errors.stated?.message ??
            "Pasted from a spreadsheet, too. An account without a weight is not eligible."
          }
          sx={{ gridColumn: "1 / -1", "& textarea": { fontFamily: "monospace" } }}
        />
      )}
      <TextField
        {...register("statement")}
        label="Statement, for an examiner"
        required
        multiline
        minRows={3}
        error={!!errors.statement}
        helperText={errors.statement?.message ?? "The policy in the desk's own words"}
        sx={{ gridColumn: "1 / -1" }}
      />
    </Box>
  );
}

function Choice({ form, name }: { form: Form; name: keyof typeof CHOICES }) {
  return (
    <Controller
      control={form.control}
      name={name}
      render={({ field }) => (
        <TextField {...field} select label={LABELS[name]} autoFocus={name === "mode"}>
          {CHOICES[name].map(([value, words]) => (
            <MenuItem key={value} value={value}>
              {words}
            </MenuItem>
          ))}
        </TextField>
      )}
    />
  );
}
