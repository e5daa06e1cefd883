import { Stack, Typography } from "@mui/material";
import type { GridApi } from "ag-grid-community";
import { useEffect, useRef, useState } from "react";
import { DownloadButtons } from "../../kit/DownloadButtons";
import { NotPermitted } from "../../kit/NotPermitted";
import { Page } from "../../kit/Page";
import { ErrorNote } from "../../kit/states";
import { fromPasted } from "../../kit/tsv";
import { usePermission } from "../../session/usePermission";
import { FaultList } from "./FaultList";
import { FilePart } from "./FilePart";
import { LinesGrid } from "./LinesGrid";
import { type Fault, faultInWords, isBlank, placed } from "./lines";
import { checkedInWords, placedInWords, toCheckInWords } from "./lineWords";
import { RunBar } from "./RunBar";
import { TermsFields } from "./TermsFields";
import { type BlotterDraft, useBlotterDraft } from "./useBlotterDraft";
import { useCheckAndRun } from "./useCheckAndRun";

const TEMPLATES = ["csv", "xlsx"].map((format) => ({
  label: format.toUpperCase(),
  url: "blotters/template",
  params: { format, bom: format === "csv" },
}));

export default function NewBlotterPage() {
  if (!usePermission("allocations:preview"))
    return <NotPermitted title="New blotter" permission="allocations:preview" />;
  return <NewBlotter />;
}

function NewBlotter() {
  const draft = useBlotterDraft();
  const [file, setFile] = useState<File | null>(null);
  const [message, setMessage] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const take = async (from: HTMLInputElement) => {
    const chosen = from.files?.[0];
    if (!chosen) return;
    if (/\.xlsx$/i.test(chosen.name)) setFile(chosen);
    else setMessage(await readText(chosen, draft));
    // The same file may be chosen again once it is corrected.
    from.value = "";
  };
  return (
    <Page
      title="New blotter"
      subtitle="Many orders at once. Each line is split on the cash and positions that the lines before it leave."
      actions={
        <Stack direction="row" sx={{ alignItems: "center", gap: 1 }}>
          <Typography color="textSecondary">Template</Typography>
          <DownloadButtons of="Template" files={TEMPLATES} />
        </Stack>
      }
    >
      <input
        ref={input}
        type="file"
        accept=".csv,.tsv,.txt,.xlsx"
        hidden
        aria-label="File of lines"
        onChange={(event) => void take(event.target)}
      />
      {file ? (
        <FilePart
          file={file}
          terms={draft.terms}
          onTerms={draft.changeTerms}
          onRemove={() => setFile(null)}
        />
      ) : (
        <LinesPart draft={draft} message={message} onUpload={() => input.current?.click()} />
      )}
    </Page>
  );
}

/** Puts a file of text into the grid, where its errors can be mended; what was in the grid comes back by Undo. */
async function readText(file: File, draft: BlotterDraft): Promise<string> {
  const rows = fromPasted((await file.text()).replace(/^\ufeff/, ""));
  const found = placed([], rows, { line: 0, column: "security_id" });
  if ("lines" in found) draft.changeLines(found.lines);
  return `${file.name}: ${placedInWords(found)}`;
}

/** Goes to cells of the grid, once it is there. */
function useCells({ lines }: BlotterDraft) {
  const api = useRef<GridApi | null>(null);
  const keep = (ready: GridApi) => {
    api.current = ready;
  };
  const goTo = ({ line, column }: Fault) => {
    const row = lines.findIndex(({ id }) => id === line);
    api.current?.ensureIndexVisible(row);
    api.current?.ensureColumnVisible(column ?? "security_id");
    api.current?.setFocusedCell(row, column ?? "security_id");
  };
  return { keep, goTo };
}

function LinesPart({
  draft,
  message,
  onUpload,
}: {
  draft: BlotterDraft;
  message: string;
  onUpload: () => void;
}) {
  const { faults, error, good, busy, send } = useCheckAndRun(draft);
  const { keep, goTo } = useCells(draft);
  const list = useRef<HTMLDivElement>(null);
  const hasFaults = faults.length > 0;
  useEffect(() => {
    if (busy === null && hasFaults) list.current?.focus();
  }, [busy, hasFaults]);
  const filled = draft.lines.filter((line) => !isBlank(line)).length;
  return (
    <Stack sx={{ gap: 1.5 }}>
      <TermsFields terms={draft.terms} onChange={draft.changeTerms} />
      {message && <Typography role="status">{message}</Typography>}
      <LinesGrid draft={draft} faults={faults} onUpload={onUpload} onApi={keep} />
      {hasFaults && (
        <FaultList
          ref={list}
          title={checkedInWords(filled, faults.length)}
          faults={faults.map((fault) => ({
            words: faultInWords(fault, draft.lines),
            onOpen: fault.line === null ? undefined : () => goTo(fault),
          }))}
        />
      )}
      {error !== null && <ErrorNote error={error} title="The blotter was not taken" />}
      <RunBar
        words={good === null ? toCheckInWords(filled) : checkedInWords(good, 0)}
        busy={busy}
        onCheck={() => void send("CHECK")}
        onRun={() => void send("RUN")}
      />
    </Stack>
  );
}
