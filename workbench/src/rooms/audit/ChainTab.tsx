import {
  Alert,
  Box,
  Button,
  LinearProgress,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
  TextField,
  Typography,
} from "@mui/material";
import { useEffect, useRef, useState } from "react";
import { type Break, useLazyVerifyAuditTrailQuery, type Verification } from "../../api/generated/api";
import { CopyButton } from "../../kit/CopyButton";
import { DownloadButtons } from "../../kit/DownloadButtons";
import { dateProblem } from "../../kit/dates";
import { count, UNKNOWN } from "../../kit/format";
import { IdLink } from "../../kit/links";
import { ErrorNote } from "../../kit/states";
import { anchorProblem, DAMAGE_WORDS, keyText, verdict } from "./verdict";

interface Asked {
  dateFrom?: string;
  dateTo?: string;
  anchor?: string;
}

/** Whether the trail is as it was written, by its hashes, its rows and an anchor kept elsewhere; and its export. */
export default function ChainTab() {
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [anchor, setAnchor] = useState("");
  const [verify, { data, error, isFetching, originalArgs }] = useLazyVerifyAuditTrailQuery();
  const running = useRef<{ abort: () => void } | null>(null);
  const wrong = anchorProblem(anchor.trim());
  const [tried, setTried] = useState(false);
  const span: Asked = { dateFrom: from.trim() || undefined, dateTo: to.trim() || undefined };
  const start = () => {
    setTried(true);
    if (wrong || dateProblem(from) || dateProblem(to)) return;
    running.current = verify({ ...span, anchor: anchor.trim() || undefined });
  };
  return (
    <Box sx={{ maxWidth: 1100 }}>
      <Typography variant="body2" sx={{ mb: 1.5, maxWidth: "100ch" }}>
        Every record carries the hash of the one before it. Verifying computes all hashes again, and compares
        the rows that records speak of. An anchor that was kept outside the database also shows a chain that
        was cut off, or written anew from its beginning.
      </Typography>
      <Box
        component="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
        sx={{ display: "flex", flexWrap: "wrap", gap: 1, alignItems: "flex-start" }}
      >
        <DayField label="From (UTC)" value={from} onChange={setFrom} tried={tried} />
        <DayField label="To (UTC)" value={to} onChange={setTo} tried={tried} />
        <TextField
          label="Anchor of an earlier verification"
          value={anchor}
          onChange={(event) => setAnchor(event.target.value)}
          error={wrong !== undefined}
          helperText={wrong ?? "Optional"}
          sx={{ flexGrow: 1, minWidth: 280 }}
        />
        <Button type="submit" variant="contained" size="medium" loading={isFetching}>
          Verify the chain
        </Button>
      </Box>
      {isFetching && <Progress onCancel={() => running.current?.abort()} />}
      {error && !isFetching && (
        <Box sx={{ mt: 1.5 }}>
          <ErrorNote error={error} onRetry={start} title="The chain was not verified" />
        </Box>
      )}
      {data && !isFetching && !error && <Result found={data} asked={originalArgs ?? {}} />}
      <Typography variant="h3" component="h2" sx={{ mt: 3, mb: 0.5 }}>
        Export
      </Typography>
      <Typography variant="body2" sx={{ mb: 1, maxWidth: "100ch" }}>
        The records of these days as JSON lines with a signed anchor at the end. Whoever has the public key
        verifies it without this service.
      </Typography>
      <DownloadButtons
        of="the audit trail"
        files={[
          {
            label: "JSON lines",
            url: "audit/export",
            params: { date_from: span.dateFrom, date_to: span.dateTo },
          },
        ]}
      />
    </Box>
  );
}

interface DayFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** What is wrong is said once something was asked for. */
  tried: boolean;
}

function DayField({ label, value, onChange, tried }: DayFieldProps) {
  const problem = tried ? dateProblem(value) : undefined;
  return (
    <TextField
      label={label}
      placeholder="YYYY-MM-DD"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={problem !== undefined}
      helperText={problem}
      slotProps={{ inputLabel: { shrink: true } }}
      sx={{ width: 150 }}
    />
  );
}

/** A long trail takes a while: how long it has taken so far. */
function Progress({ onCancel }: { onCancel: () => void }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <Box sx={{ mt: 1.5 }}>
      <LinearProgress aria-label="Verifying the chain" />
      <Box sx={{ display: "flex", alignItems: "center", gap: 2, mt: 0.5 }}>
        <Typography variant="body2">
          Computing the hashes of all records again, {count(seconds)} s so far.
        </Typography>
        <Button onClick={onCancel}>Cancel</Button>
      </Box>
    </Box>
  );
}

function Result({ found, asked }: { found: Verification; asked: Asked }) {
  return (
    <Box role="status" sx={{ mt: 1.5 }}>
      <Alert severity={found.whole ? "success" : "error"} variant="outlined">
        {verdict(found, asked.anchor !== undefined)}
      </Alert>
      {found.breaks.length > 0 && <Breaks breaks={found.breaks} />}
      {found.anchor && (
        <Box sx={{ mt: 1.5 }}>
          <Typography variant="h3" component="h2">
            Anchor
          </Typography>
          <Typography variant="body2">
            Keep it outside the database, and give it to a later verification: the chain must still contain
            it.
          </Typography>
          <Box sx={{ display: "flex", alignItems: "center", gap: 1 }}>
            <Box component="code" sx={{ overflowWrap: "anywhere", fontSize: "0.75rem" }}>
              {found.anchor.text}
            </Box>
            <CopyButton text={found.anchor.text} label="the anchor" />
          </Box>
        </Box>
      )}
    </Box>
  );
}

const BREAK_COLUMNS = ["Damage", "Record", "Table", "Key", "Column", "Recorded", "Found", "In words"];

function Breaks({ breaks }: { breaks: readonly Break[] }) {
  return (
    <TableContainer
      sx={{ mt: 1, maxHeight: 480 }}
      tabIndex={0}
      role="region"
      aria-label="Breaks of the chain"
    >
      <Table stickyHeader>
        <TableHead>
          <TableRow>
            {BREAK_COLUMNS.map((name) => (
              <TableCell key={name}>{name}</TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody sx={{ "& td": { overflowWrap: "anywhere", verticalAlign: "top" } }}>
          {breaks.map((each) => (
            <TableRow
              key={`${each.damage} ${each.day} ${each.sequence} ${each.table} ${keyText(each.key)} ${each.column} ${each.message}`}
            >
              <TableCell sx={{ whiteSpace: "nowrap" }}>{DAMAGE_WORDS[each.damage]}</TableCell>
              <TableCell sx={{ whiteSpace: "nowrap" }}>
                {each.audit_id ? <IdLink of="audit" id={each.audit_id} label={place(each)} /> : place(each)}
              </TableCell>
              <TableCell>{each.table ?? UNKNOWN}</TableCell>
              <TableCell>{keyText(each.key) || UNKNOWN}</TableCell>
              <TableCell>{each.column ?? UNKNOWN}</TableCell>
              <TableCell>{each.recorded ?? UNKNOWN}</TableCell>
              <TableCell>{each.found ?? UNKNOWN}</TableCell>
              <TableCell>{each.message}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function place({ day, sequence }: Break): string {
  if (day === null) return UNKNOWN;
  return sequence === null ? day : `${day} no. ${sequence}`;
}
