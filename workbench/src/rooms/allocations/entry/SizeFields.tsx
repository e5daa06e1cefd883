import { Box, Stack, TextField, ToggleButton, ToggleButtonGroup, Typography } from "@mui/material";
import { useId } from "react";
import { Controller, type UseFormReturn } from "react-hook-form";
import { face } from "../../../kit/format";
import { Help } from "../../../kit/Help";
import { QuantityField } from "../../../kit/QuantityField";
import { SizeConfirmation } from "../../../kit/SizeConfirmation";
import type { SizeKind } from "../draftSlice";
import { type EntryValues, knownFace, sizeRules } from "./faults";
import { readPercent } from "./numbers";

const KINDS: readonly (readonly [SizeKind, string])[] = [
  ["quantity", "Face"],
  ["notional", "Notional"],
  ["percent_of_nav", "% of NAV"],
];

/** The size of the order: face, principal, or a share of NAV; each echoed in full. */
export function SizeFields({
  form,
  error,
  pricedFace,
}: {
  form: UseFormReturn<EntryValues>;
  error?: string;
  /** Face that the size comes to at the present price. */
  pricedFace: number | null;
}) {
  const values = form.watch();
  const { sizeKind, security, side } = values;
  const validate = { shouldValidate: form.formState.isSubmitted };
  const set = (text: string, size: number | null) => {
    form.setValue("size", size);
    form.setValue("sizeText", text, validate);
  };
  const setKind = (kind: SizeKind | null) => {
    if (kind === null || kind === sizeKind) return;
    form.setValue("sizeKind", kind);
    form.setValue("confirmedFace", null);
    form.setValue("size", null);
    form.setValue("sizeText", "");
  };
  const comesTo = sizeKind === "quantity" ? null : pricedFace;
  return (
    <Box data-hint="size">
      <Stack direction="row" useFlexGap sx={{ gap: 1, flexWrap: "wrap", alignItems: "flex-start" }}>
        <ToggleButtonGroup
          exclusive
          size="small"
          value={sizeKind}
          onChange={(_event, kind: SizeKind | null) => setKind(kind)}
          aria-label="Unit of the size"
          sx={{ "& .MuiToggleButton-root": { py: 0.75, px: 1.25 } }}
        >
          {KINDS.map(([kind, name]) => (
            <ToggleButton key={kind} value={kind}>
              {name}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        <Box sx={{ height: 36, display: "grid", placeItems: "center" }}>
          <Help of={`OrderRequest.${sizeKind}`} label="size" />
        </Box>
        <Box sx={{ flex: "1 1 280px", minWidth: 0 }}>
          <Controller
            control={form.control}
            name="sizeText"
            render={({ field }) =>
              sizeKind === "percent_of_nav" ? (
                <PercentField text={field.value} inputRef={field.ref} error={error} onChange={set} />
              ) : (
                <QuantityField
                  label={sizeKind === "quantity" ? "Face" : "Notional"}
                  text={field.value}
                  value={values.size}
                  onChange={set}
                  rules={sizeRules(sizeKind, side, security)}
                  unit={sizeKind === "quantity" ? "face" : (security?.currency ?? "")}
                  ofOrder={sizeKind === "quantity"}
                  error={error}
                  inputRef={field.ref}
                  // The next thing to type of an order that comes with its bond.
                  autoFocus={security !== null && field.value === ""}
                />
              )
            }
          />
        </Box>
      </Stack>
      {comesTo !== null && (
        <Typography variant="body2" role="status">
          Comes to {face(comesTo)} face at the present price.
        </Typography>
      )}
      <SizeConfirmation
        value={knownFace(values, pricedFace)}
        confirmed={values.confirmedFace}
        onConfirm={(value) => form.setValue("confirmedFace", value, validate)}
      />
    </Box>
  );
}

function PercentField(props: {
  text: string;
  error?: string;
  inputRef: (element: HTMLInputElement | null) => void;
  onChange: (text: string, value: number | null) => void;
}) {
  const reading = readPercent(props.text);
  const fault = reading.kind === "FAULT" ? reading.message : props.error;
  const noteId = useId();
  return (
    <Box>
      <Stack direction="row" spacing={1.5} sx={{ alignItems: "center" }}>
        <TextField
          label="% of NAV"
          value={props.text}
          inputRef={props.inputRef}
          autoComplete="off"
          error={!!fault}
          onChange={({ target }) => {
            const typed = readPercent(target.value);
            props.onChange(target.value, typed.kind === "VALUE" ? typed.value : null);
          }}
          slotProps={{ htmlInput: { "aria-describedby": noteId } }}
          sx={{ width: 170 }}
        />
        <Typography component="output" aria-live="polite" sx={{ fontWeight: 650 }}>
          {reading.kind === "VALUE" ? `${Number((reading.value * 100).toPrecision(12))} % of NAV` : ""}
        </Typography>
      </Stack>
      <Typography
        id={noteId}
        variant="caption"
        component="p"
        color={fault ? "error" : "textSecondary"}
        sx={{ minHeight: 20, mt: 0.25 }}
      >
        {fault ?? "Of the accounts that take part; 0.5 is 0.5 %"}
      </Typography>
    </Box>
  );
}
