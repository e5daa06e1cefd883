import { Button, Stack, Typography } from "@mui/material";
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router-dom";
import type { PlainProblem, SubmittedBlotter } from "../../api/generated/api";
import { problemOf } from "../../api/problems";
import { sendSafely } from "../../api/safely";
import { PAGE_OF } from "../../kit/links";
import { ErrorNote } from "../../kit/states";
import { FaultList } from "./FaultList";
import type { Terms } from "./lines";
import { checkedInWords, fileFaultInWords } from "./lineWords";
import { RunBar } from "./RunBar";
import { PolicyFields } from "./TermsFields";
import { useUploadFileMutation } from "./upload";

interface FilePartProps {
  file: File;
  terms: Terms;
  onTerms: (changes: Partial<Terms>) => void;
  onRemove: () => void;
}

/** A workbook: the service reads it as it is, and says what is wrong by row and column; it is mended in Excel. */
export function FilePart({ file, terms, onTerms, onRemove }: FilePartProps) {
  const { checked, error, busy, send } = useFile(file, terms);
  const problem = problemOf(error);
  const errors = problem && "errors" in problem ? (problem as PlainProblem).errors : [];
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error) list.current?.focus();
  }, [error]);
  return (
    <>
      <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", gap: 1.5, alignItems: "center" }}>
        <Typography sx={{ fontWeight: 650 }}>{file.name}</Typography>
        <Button onClick={onRemove}>Remove</Button>
        <PolicyFields terms={terms} onChange={onTerms} />
      </Stack>
      <Typography color="textSecondary">
        The workbook says all of each line: method and groups are among its columns. What is wrong in it is
        mended in Excel; then upload it again.
      </Typography>
      {errors.length > 0 && (
        <FaultList
          ref={list}
          title={checkedInWords(0, errors.length)}
          faults={errors.map(({ field, message }) => ({ words: fileFaultInWords(field, message) }))}
        />
      )}
      {error !== null && errors.length === 0 && <ErrorNote error={error} title="The file was not taken" />}
      <RunBar
        words={checked ? checkedInWords(checked.line_count, 0) : ""}
        busy={busy}
        onCheck={() => void send("CHECK")}
        onRun={() => void send("RUN")}
      />
    </>
  );
}

function useFile(file: File, { salesFundBuys, joint }: Terms) {
  const [upload] = useUploadFileMutation();
  const navigate = useNavigate();
  const [checked, setChecked] = useState<SubmittedBlotter | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState<"CHECK" | "RUN" | null>(null);
  const send = async (work: "CHECK" | "RUN") => {
    setBusy(work);
    setError(null);
    setChecked(null);
    try {
      const answer = await sendSafely((key) =>
        upload({ file, dryRun: work === "CHECK", salesFundBuys, joint, key }).unwrap(),
      );
      setChecked(answer);
      if (answer.blotter_id !== null) navigate(PAGE_OF.blotter(answer.blotter_id));
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(null);
    }
  };
  return { checked, error, busy, send };
}
