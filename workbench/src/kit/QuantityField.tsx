import { Box, Button, Stack, TextField, Typography } from "@mui/material";
import { type Ref, useEffect, useId, useMemo, useState } from "react";
import { useGetDeskQuery } from "../api/generated/api";
import { face } from "./format";
import { type QuantityReading, type QuantityRules, settledQuantity } from "./quantity";
import { deskRules } from "./quantityRules";
import { SizeConfirmation } from "./SizeConfirmation";

/** Time without a key after which a question or a message appears: nobody is corrected in the middle of typing. */
const PAUSE_MILLISECONDS = 500;

export interface QuantityFieldProps {
  label: string;
  text: string;
  /** What the text means; null while it means nothing certain. */
  value: number | null;
  onChange: (text: string, value: number | null) => void;
  rules?: Omit<QuantityRules, "m">;
  /** What is counted, behind the echo: face, or a currency. */
  unit?: string;
  /** The desk's maximum holds: this is the size of an order. */
  ofOrder?: boolean;
  /** Given, a value above the desk's warning size has to be confirmed; `confirmed` is the one that was. */
  confirmed?: number | null;
  onConfirm?: (value: number | null) => void;
  /** Message of the form or of the server; the field's own come before it. */
  error?: string;
  inputRef?: Ref<HTMLInputElement>;
  autoFocus?: boolean;
  disabled?: boolean;
}

/** A size in the desk's shorthand, with its value in full beside it. */
export function QuantityField(props: QuantityFieldProps) {
  const { label, text, value, onChange, rules, unit = "face", ofOrder = false, error } = props;
  const { data: desk } = useGetDeskQuery();
  const [paused, setPaused] = useState(true);
  const noteId = useId();
  const allRules = useMemo(() => deskRules(rules ?? {}, desk, ofOrder), [rules, desk, ofOrder]);
  const reading = settledQuantity(text, value, allRules);
  const meant = reading.kind === "VALUE" ? reading.value : null;
  useEffect(() => {
    if (desk && meant !== value) onChange(text, meant);
  }, [desk, meant, value, text, onChange]);
  useEffect(() => {
    if (paused) return;
    const timer = setTimeout(() => setPaused(true), PAUSE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [paused]);
  const message = paused && reading.kind === "FAULT" ? reading.message : error;
  const take = (typed: string) => {
    setPaused(false);
    const next = settledQuantity(typed, null, allRules);
    onChange(typed, next.kind === "VALUE" ? next.value : null);
  };
  return (
    <Box>
      <Stack direction="row" spacing={1.5} sx={{ alignItems: "center" }}>
        <TextField
          label={label}
          value={text}
          onChange={(event) => take(event.target.value)}
          onBlur={() => setPaused(true)}
          error={!!message}
          inputRef={props.inputRef}
          autoFocus={props.autoFocus}
          disabled={props.disabled}
          autoComplete="off"
          sx={{ width: 170, flexShrink: 0 }}
          slotProps={{ htmlInput: { "aria-describedby": noteId, inputMode: "text", spellCheck: false } }}
        />
        <Typography component="output" aria-live="polite" sx={{ fontWeight: 650 }}>
          {meant === null ? "" : `${face(meant)} ${unit}`}
        </Typography>
      </Stack>
      <Box id={noteId} sx={{ minHeight: 20, mt: 0.25, ml: 1.75 }}>
        {paused && reading.kind === "ASK" ? (
          <Question reading={reading} onAnswer={onChange} text={text} />
        ) : (
          <Typography
            variant="caption"
            color={message ? "error" : "textSecondary"}
            role={message ? "alert" : undefined}
          >
            {message ?? (text ? "" : "Such as 250k, 5mm, 1bn or 1,500,000")}
          </Typography>
        )}
        {props.onConfirm && (
          <SizeConfirmation value={meant} confirmed={props.confirmed ?? null} onConfirm={props.onConfirm} />
        )}
      </Box>
    </Box>
  );
}

function Question({
  reading,
  text,
  onAnswer,
}: {
  reading: Extract<QuantityReading, { kind: "ASK" }>;
  text: string;
  onAnswer: (text: string, value: number) => void;
}) {
  return (
    <Stack
      direction="row"
      spacing={1}
      role="group"
      aria-label="Which size is meant?"
      sx={{ alignItems: "center" }}
    >
      <Typography variant="caption" role="status">
        {face(reading.small)} or {face(reading.large)}?
      </Typography>
      <Button variant="outlined" sx={{ py: 0 }} onClick={() => onAnswer(text, reading.small)}>
        {face(reading.small)}
      </Button>
      <Button variant="outlined" sx={{ py: 0 }} onClick={() => onAnswer(face(reading.large), reading.large)}>
        {face(reading.large)}
      </Button>
    </Stack>
  );
}
