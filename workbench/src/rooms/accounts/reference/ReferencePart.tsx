import {
  Alert,
  Box,
  Button,
  Checkbox,
  FormControlLabel,
  Link,
  List,
  ListItem,
  Stack,
  TextField,
  Typography,
} from "@mui/material";
import { useRef, useState } from "react";
import {
  type Files,
  type LoadReport,
  useGetSystemStatusQuery,
  useLoadReferenceMutation,
} from "../../../api/generated/api";
import { DownloadButtons } from "../../../kit/DownloadButtons";
import { ErrorNote } from "../../../kit/states";
import { noticed } from "../../../shell/noticesSlice";
import { useAppDispatch } from "../../../store";
import { LoadReportView } from "./LoadReportView";

const FILES = ["groups", "accounts", "restrictions", "benchmarks", "securities", "limits"] as const;

/** The desk's reference data: export, check what a load would change, load. All files or none. */
export function ReferencePart() {
  const dispatch = useAppDispatch();
  const [files, setFiles] = useState<Files>({});
  const [comment, setComment] = useState("");
  const [remove, setRemove] = useState(false);
  const [load, { data: report, error, isLoading, originalArgs, reset }] = useLoadReferenceMutation();
  const { data: status } = useGetSystemStatusQuery();
  const chosen = FILES.filter((name) => files[name] !== undefined);
  const checked = report !== undefined && originalArgs?.loadRequest.dry_run === true;
  const send = async (dry_run: boolean) => {
    const answer = await load({ loadRequest: { files, comment, remove, dry_run } });
    if (!answer.data || dry_run) return;
    dispatch(noticed({ severity: "success", message: "The reference data is loaded" }));
    setFiles({});
    setComment("");
  };
  const missing =
    chosen.length === 0
      ? "Choose a file first."
      : !checked
        ? "Check what would change first."
        : comment.trim() === ""
          ? "A comment is needed to load."
          : "";
  const change = (next: () => void) => {
    next();
    reset();
  };
  return (
    <Stack spacing={2}>
      {status?.mode === "mock" && (
        <Alert severity="info" variant="outlined">
          The simulator brings its own reference data: it can be exported and checked, and not changed.
        </Alert>
      )}
      <Typography color="textSecondary" sx={{ maxWidth: "80ch" }}>
        Names, restrictions, benchmarks, reserves, bonds and compliance limits, as six CSV files. Export one,
        change it, choose it below, see what would change, then load it. Every error is shown with file, line
        and column.
      </Typography>
      <Box component="ul" aria-label="Files of reference data" sx={{ listStyle: "none", p: 0, m: 0 }}>
        {FILES.map((name) => (
          <FileRow
            key={name}
            name={name}
            text={files[name]}
            onChange={(text) => change(() => setFiles({ ...files, [name]: text }))}
          />
        ))}
      </Box>
      <TextField
        label="Comment"
        value={comment}
        onChange={(event) => setComment(event.target.value)}
        helperText="Why the data changes, for the audit trail. Needed to load, not to check."
        sx={{ maxWidth: 600 }}
      />
      <FormControlLabel
        control={<Checkbox checked={remove} onChange={(_event, on) => change(() => setRemove(on))} />}
        label="Remove stored rows that a chosen file does not have"
      />
      <Actions
        missing={missing}
        canCheck={chosen.length > 0}
        busy={isLoading}
        onSend={(dryRun) => void send(dryRun)}
      />
      {error && <ErrorNote error={error} title="Nothing is loaded" />}
      {report && <LoadReportView report={report} dryRun={checked} />}
      {report && report.warnings.length > 0 && <Warnings warnings={report.warnings} />}
    </Stack>
  );
}

interface ActionsProps {
  /** What is needed before a load; empty where nothing is. */
  missing: string;
  canCheck: boolean;
  busy: boolean;
  onSend: (dryRun: boolean) => void;
}

function Actions({ missing, canCheck, busy, onSend }: ActionsProps) {
  return (
    <Stack direction="row" spacing={1.5} sx={{ alignItems: "center" }}>
      <Button variant="outlined" disabled={!canCheck} loading={busy} onClick={() => onSend(true)}>
        Check
      </Button>
      <Button variant="contained" disabled={missing !== ""} loading={busy} onClick={() => onSend(false)}>
        Load
      </Button>
      <Typography variant="body2" color="textSecondary">
        {missing}
      </Typography>
    </Stack>
  );
}

function Warnings({ warnings }: Pick<LoadReport, "warnings">) {
  return (
    <Alert severity="warning" variant="outlined">
      <List dense disablePadding>
        {warnings.map(({ file, line, column, message }) => (
          <ListItem
            key={`${file} ${line} ${column} ${message}`}
            disableGutters
            sx={{ py: 0, display: "list-item" }}
          >
            {[file, line && `line ${line}`, column && `column ${column}`].filter(Boolean).join(", ")}:{" "}
            {message}
          </ListItem>
        ))}
      </List>
    </Alert>
  );
}

function FileRow({
  name,
  text,
  onChange,
}: {
  name: (typeof FILES)[number];
  text: string | undefined;
  onChange: (text: string | undefined) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [fileName, setFileName] = useState("");
  return (
    <Box
      component="li"
      sx={{
        display: "flex",
        flexWrap: "wrap",
        alignItems: "center",
        gap: 1.5,
        py: 0.75,
        borderBottom: 1,
        borderColor: "divider",
      }}
    >
      <Typography sx={{ width: 130, fontWeight: 600 }}>{name}.csv</Typography>
      <DownloadButtons of={`${name}.csv`} files={[{ label: "Export", url: `admin/reference/${name}` }]} />
      <Button
        variant="outlined"
        aria-label={`Choose file for ${name}.csv`}
        onClick={() => input.current?.click()}
      >
        Choose file
      </Button>
      <input
        ref={input}
        type="file"
        accept=".csv,text/csv"
        hidden
        aria-label={`File for ${name}.csv`}
        onChange={async (event) => {
          const { target } = event;
          const file = target.files?.[0];
          if (!file) return;
          setFileName(file.name);
          onChange(await file.text());
          // The same file may be chosen again once it is corrected.
          target.value = "";
        }}
      />
      {text !== undefined && (
        <>
          <span>{fileName}</span>
          <Link component="button" type="button" onClick={() => onChange(undefined)}>
            Leave out
          </Link>
        </>
      )}
    </Box>
  );
}
