import { Button, Stack, TextField, Typography } from "@mui/material";
import { useEffect, useRef, useState } from "react";
import type { MarketImportReport, PlainProblem } from "../../api/generated/api";
import { problemOf } from "../../api/problems";
import { sendSafely } from "../../api/safely";
import { Guarded } from "../../kit/Guarded";
import { ErrorNote } from "../../kit/states";
import { FaultList } from "../blotters/FaultList";
import { ImportReport } from "./ImportReport";
import { useImportPricesMutation } from "./importFile";
import { cellFaultWords } from "./reportWords";

const COLUMNS = "date, symbol, close, open, high, low, volume";
const MAX_SOURCE_LENGTH = 64;

/** A CSV file of daily prices: checked first, and then imported. */
export default function ImportTab() {
  return (
    <Guarded needs="market-history:write" wholeDesk>
      <Import />
    </Guarded>
  );
}

function Import() {
  const [file, setFile] = useState<File | null>(null);
  const [source, setSource] = useState("");
  const { report, error, busy, send, forget } = useImport(file, source.trim());
  const input = useRef<HTMLInputElement>(null);
  const take = (from: HTMLInputElement) => {
    const chosen = from.files?.[0];
    if (chosen) setFile(chosen);
    forget();
    // The same file may be chosen again once it is mended.
    from.value = "";
  };
  const isGood = report?.dry_run === true && report.refused_count === 0;
  return (
    <Stack sx={{ gap: 1.5, alignItems: "flex-start" }}>
      <Typography color="textSecondary" sx={{ maxWidth: "90ch" }}>
        A CSV file with a header: <code>{COLUMNS}</code>. The first three are needed. A row of a day that is
        stored already supersedes it; the stored one stays for whoever asks for what was known before.
      </Typography>
      <input
        ref={input}
        type="file"
        accept=".csv,.txt"
        hidden
        aria-label="File of prices"
        onChange={(event) => take(event.target)}
      />
      <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", gap: 1.5, alignItems: "center" }}>
        <Button variant="outlined" onClick={() => input.current?.click()}>
          Choose a file
        </Button>
        <Typography sx={{ fontWeight: 650 }}>{file ? file.name : "No file is chosen"}</Typography>
        <TextField
          label="Source"
          placeholder="upload"
          value={source}
          onChange={(event) => {
            setSource(event.target.value);
            forget();
          }}
          slotProps={{ inputLabel: { shrink: true }, htmlInput: { maxLength: MAX_SOURCE_LENGTH } }}
          sx={{ width: 200 }}
        />
        <Button
          variant={isGood ? "outlined" : "contained"}
          disabled={!file || busy === "IMPORT"}
          loading={busy === "CHECK"}
          onClick={() => void send("CHECK")}
        >
          Check
        </Button>
        <Button
          variant={isGood ? "contained" : "outlined"}
          disabled={!isGood || busy === "CHECK"}
          loading={busy === "IMPORT"}
          onClick={() => void send("IMPORT")}
        >
          Import
        </Button>
      </Stack>
      {error !== null && <NotTaken error={error} />}
      {report && <ImportReport report={report} />}
    </Stack>
  );
}

/** Every cell that cannot be read, at once; or why nothing was read. */
function NotTaken({ error }: { error: unknown }) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => list.current?.focus(), []);
  const problem = problemOf(error);
  const errors = problem && "errors" in problem ? (problem as PlainProblem).errors : [];
  if (errors.length === 0) return <ErrorNote error={error} title="The file was not taken" />;
  return (
    <FaultList
      ref={list}
      title="Nothing was imported: this must be mended first."
      faults={errors.map((each) => ({ words: cellFaultWords(each) }))}
    />
  );
}

/** A check, and the import of what was checked. */
function useImport(file: File | null, source: string) {
  const [upload] = useImportPricesMutation();
  const [report, setReport] = useState<MarketImportReport | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState<"CHECK" | "IMPORT" | null>(null);
  const run = useRef(0);
  const forget = () => {
    run.current += 1;
    setReport(null);
    setError(null);
    setBusy(null);
  };
  const send = async (work: "CHECK" | "IMPORT") => {
    if (!file) return;
    forget();
    const mine = run.current;
    setBusy(work);
    try {
      const answer = await sendSafely((key) =>
        upload({ file, source, dryRun: work === "CHECK", key }).unwrap(),
      );
      if (mine === run.current) setReport(answer);
    } catch (failure) {
      if (mine === run.current) setError(failure);
    }
    if (mine === run.current) setBusy(null);
  };
  return { report, error, busy, send, forget };
}
