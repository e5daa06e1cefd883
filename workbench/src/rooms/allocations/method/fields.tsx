import {
  Box,
  Checkbox,
  FormControlLabel,
  MenuItem,
  Stack,
  TextField,
  Tooltip,
  Typography,
} from "@mui/material";
import { type ReactNode, useState } from "react";
import type { HelpKey } from "../../../api/generated/help";
import { face } from "../../../kit/format";
import { Help } from "../../../kit/Help";
import { QuantityField } from "../../../kit/QuantityField";
import { useFault } from "./faults";
import type { Option } from "./methods";
import { type AmountKind, type Reading, readAmount } from "./numbers";
import { useRefused } from "./Refused";

/** A field with its explanation beside it. */
function Explained({ of, label, children }: { of: HelpKey; label: string; children: ReactNode }) {
  return (
    <Stack direction="row" spacing={0.5} sx={{ alignItems: "flex-start" }}>
      {children}
      <Box sx={{ pt: 1 }}>
        <Help of={of} label={label} />
      </Box>
    </Stack>
  );
}

/** One of a closed list; the sentence of the chosen one is below it. */
export function Choice<Value extends string>({
  label,
  help,
  path,
  options,
  value,
  onChange,
  disabled,
  why,
}: {
  label: string;
  help: HelpKey;
  /** Field of the request, for what the service says of it. */
  path: string;
  options: readonly Option<Value>[];
  value: Value;
  onChange: (value: Value) => void;
  disabled?: boolean;
  /** Why it is disabled. */
  why?: string;
}) {
  const refused = useRefused(path);
  const chosen = options.find((option) => option.value === value);
  return (
    <Explained of={help} label={label}>
      <TextField
        select
        label={label}
        value={value}
        onChange={(event) => onChange(event.target.value as Value)}
        error={!!refused}
        helperText={refused ?? (disabled ? why : chosen?.sentence)}
        disabled={disabled}
        sx={{ width: 280 }}
      >
        {options.map((option) => (
          <MenuItem key={option.value} value={option.value}>
            {option.title}
          </MenuItem>
        ))}
      </TextField>
    </Explained>
  );
}

/** Yes or no, with what it means. */
export function Flag({
  label,
  help,
  path,
  checked,
  onChange,
  why,
}: {
  label: string;
  help: HelpKey;
  path: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  /** Why it cannot be changed now. */
  why?: string;
}) {
  const refused = useRefused(path);
  return (
    <Box>
      <Stack direction="row" useFlexGap sx={{ gap: 0.5, alignItems: "center" }}>
        <Tooltip title={why ?? ""}>
          <FormControlLabel
            sx={{ mr: 0, ml: -0.75 }}
            disabled={why !== undefined}
            control={<Checkbox checked={checked} onChange={(_event, next) => onChange(next)} />}
            label={label}
          />
        </Tooltip>
        <Help of={help} label={label} />
      </Stack>
      {(refused ?? why) && (
        <Typography
          variant="caption"
          color={refused ? "error" : "text.secondary"}
          sx={{ display: "block", ml: 3.25 }}
        >
          {refused ?? why}
        </Typography>
      )}
    </Box>
  );
}

interface NumberInputProps {
  label: string;
  help: HelpKey;
  path: string;
  kind: AmountKind;
  value: number | undefined;
  onChange: (value: number | undefined) => void;
  note?: string;
  least?: number;
  most?: number;
  disabled?: boolean;
}

/** What is typed, as a number within its bounds. */
function readBounded(
  text: string,
  { kind, least = 0, most = Number.POSITIVE_INFINITY }: NumberInputProps,
): Reading {
  const reading = readAmount(text, kind);
  const outside =
    "value" in reading && reading.value !== null && (reading.value < least || reading.value > most);
  return outside ? { message: `From ${least} to ${most} is possible.` } : reading;
}

/** A number; while it cannot be read the one before stays, and the step does not go on. */
export function NumberInput(props: NumberInputProps) {
  const { label, help, path, value, onChange, note, disabled } = props;
  const [text, setText] = useState(value === undefined ? "" : String(value));
  const refused = useRefused(path);
  const reading = readBounded(text, props);
  const fault = !disabled && "message" in reading ? reading.message : null;
  useFault(label, fault);
  const take = (typed: string) => {
    setText(typed);
    const next = readBounded(typed, props);
    if ("value" in next) onChange(next.value ?? undefined);
  };
  return (
    <Explained of={help} label={label}>
      <TextField
        label={label}
        value={text}
        onChange={(event) => take(event.target.value)}
        error={!!(fault ?? refused)}
        helperText={fault ?? refused ?? note}
        disabled={disabled}
        autoComplete="off"
        sx={{ width: 220 }}
        slotProps={{ htmlInput: { inputMode: "decimal" } }}
      />
    </Explained>
  );
}

/** Face in the desk's shorthand; without it the wish is not there. */
export function FaceInput({
  label,
  help,
  path,
  value,
  onChange,
}: {
  label: string;
  help: HelpKey;
  path: string;
  value: number | null | undefined;
  onChange: (value: number | undefined) => void;
}) {
  const [text, setText] = useState(value ? face(value) : "");
  const [read, setRead] = useState<number | null>(value ?? null);
  const refused = useRefused(path);
  useFault(label, text.trim() !== "" && read === null ? "The size is not clear yet." : null);
  return (
    <Explained of={help} label={label}>
      <QuantityField
        label={label}
        text={text}
        value={read}
        error={refused}
        onChange={(typed, meant) => {
          setText(typed);
          setRead(meant);
          if (meant !== null || typed.trim() === "") onChange(meant ?? undefined);
        }}
      />
    </Explained>
  );
}
