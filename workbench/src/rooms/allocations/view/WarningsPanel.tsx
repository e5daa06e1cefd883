import { Box, Button, Collapse, Stack, Typography } from "@mui/material";
import { type ReactNode, useState } from "react";
import type { Acknowledgement, Warning } from "../../../api/generated/api";
import { count, words } from "../../../kit/format";
import { IdLink } from "../../../kit/links";
import { figuresOf } from "./rows";
import { grouped, open, progressInWords, type WarningGroup, withSeen } from "./warnings";

interface WarningsPanelProps {
  warnings: readonly Warning[];
  acknowledged: readonly string[];
  /** Acknowledgements that were sent with a commit. */
  given?: readonly Acknowledgement[];
  onAcknowledge?: (ids: string[]) => void;
  override?: ReactNode;
}

/** Groups of more warnings than this are closed at first, so that the page stays short. */
const MAX_OPEN = 6;
/** So many rows of a group at a time. */
const ROWS = 100;

/** Warnings by type; each is acknowledged by itself, or all of a type at once. */
export function WarningsPanel(props: WarningsPanelProps) {
  const { warnings, acknowledged, given = [], onAcknowledge, override } = props;
  const seen = onAcknowledge ? acknowledged : given.map((acknowledgement) => acknowledgement.warning_id);
  const change = onAcknowledge
    ? (changed: readonly Warning[], on: boolean) =>
        onAcknowledge(withSeen(warnings, acknowledged, changed, on))
    : undefined;
  const left = open(warnings, seen).length;
  return (
    <Box component="section" aria-label="Warnings" id="warnings" tabIndex={-1} sx={{ outline: "none" }}>
      <Stack direction="row" sx={{ alignItems: "baseline", gap: 1.5, flexWrap: "wrap" }}>
        <Typography variant="h2">
          {warnings.length === 1 ? "1 warning" : `${count(warnings.length)} warnings`}
        </Typography>
        <Typography role="status" color={change && left > 0 ? "warning" : "textSecondary"}>
          {progressInWords(warnings, seen)}
        </Typography>
      </Stack>
      <Box sx={{ maxHeight: "max(420px, 60vh)", overflow: "auto", mt: 0.5 }}>
        {grouped(warnings, seen).map((group) => (
          <Group key={group.type} group={group} seen={seen} given={given} onChange={change} />
        ))}
      </Box>
      {override}
    </Box>
  );
}

function Group({
  group,
  seen,
  given,
  onChange,
}: {
  group: WarningGroup;
  seen: readonly string[];
  given: readonly Acknowledgement[];
  onChange?: (changed: readonly Warning[], on: boolean) => void;
}) {
  const total = group.warnings.length;
  const [shown, setShown] = useState(total <= MAX_OPEN);
  const [rows, setRows] = useState(ROWS);
  const name = words(group.type);
  return (
    <Box sx={{ borderTop: 1, borderColor: "divider", py: 0.5 }}>
      <Stack direction="row" sx={{ alignItems: "center", gap: 1 }}>
        {onChange && (
          <Check
            label={`Acknowledge all ${count(total)} of ${name}`}
            checked={group.seen === total}
            mixed={group.seen > 0 && group.seen < total}
            onChange={(on) => onChange(group.warnings, on)}
          />
        )}
        <Button color="inherit" sx={{ px: 0.5 }} aria-expanded={shown} onClick={() => setShown(!shown)}>
          <span aria-hidden="true">{shown ? "▾" : "▸"}</span>&nbsp;{name} · {count(total)}
        </Button>
        <Typography variant="caption" color="textSecondary">
          {count(group.seen)} of {count(total)}
        </Typography>
      </Stack>
      <Collapse in={shown} unmountOnExit timeout={0}>
        {group.warnings.slice(0, rows).map((warning) => (
          <Row
            key={warning.warning_id}
            warning={warning}
            seen={seen.includes(warning.warning_id)}
            by={given.find(({ warning_id }) => warning_id === warning.warning_id)?.acknowledged_by}
            onChange={onChange && ((on) => onChange([warning], on))}
          />
        ))}
        {total > rows && (
          <Button onClick={() => setRows(rows + ROWS)}>
            Show {count(Math.min(ROWS, total - rows))} more of {count(total - rows)}
          </Button>
        )}
      </Collapse>
    </Box>
  );
}

function Row({
  warning,
  seen,
  by,
  onChange,
}: {
  warning: Warning;
  seen: boolean;
  by?: string;
  onChange?: (on: boolean) => void;
}) {
  const about = warning.account_id ?? "the whole order";
  return (
    <Stack direction="row" sx={{ gap: 1, pl: onChange ? 3 : 1, py: 0.25, alignItems: "flex-start" }}>
      {onChange && (
        <Check
          label={`Acknowledge ${words(warning.type)} of ${about}: ${warning.message}`}
          checked={seen}
          onChange={onChange}
        />
      )}
      <Box title={figuresOf(warning).join("\n")} sx={{ minWidth: 0, pt: onChange ? 0.25 : 0 }}>
        {warning.account_id && (
          <>
            <IdLink inText of="account" id={warning.account_id} />{" "}
          </>
        )}
        {warning.message}
        {by && (
          <Typography variant="caption" color="textSecondary">
            {" "}
            Acknowledged by {by}.
          </Typography>
        )}
      </Box>
    </Stack>
  );
}

/** A browser's own checkbox: an order over a thousand accounts may have as many. */
function Check({
  label,
  checked,
  mixed = false,
  onChange,
}: {
  label: string;
  checked: boolean;
  mixed?: boolean;
  onChange: (on: boolean) => void;
}) {
  return (
    <Box
      component="input"
      type="checkbox"
      aria-label={label}
      checked={checked}
      ref={(element: HTMLInputElement | null) => {
        if (element) element.indeterminate = mixed;
      }}
      onChange={(event: React.ChangeEvent<HTMLInputElement>) => onChange(event.target.checked)}
      sx={{ width: 16, height: 16, m: "4px", flexShrink: 0, accentColor: "var(--mui-palette-primary-main)" }}
    />
  );
}
