import {
  Box,
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  FormControlLabel,
  Radio,
  RadioGroup,
  Stack,
  TextField,
  Typography,
} from "@mui/material";
import type { ColDef } from "ag-grid-community";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { words } from "../../../kit/format";
import { numberColumn, textColumn } from "../../../kit/grid/columns";
import { LazyGrid } from "../../../kit/grid/LazyGrid";
import type { Amounts } from "./amounts";
import {
  ACCOUNTS,
  type KnownAccount,
  type ListColumn,
  type ListOptions,
  listText,
  maybeFractions,
  type PercentReading,
  type ReadRow,
  readList,
  type Subject,
  takenOver,
} from "./pasted";

interface Props {
  title: string;
  /** What was pasted already; empty to begin with nothing. */
  text: string;
  accounts: readonly KnownAccount[];
  columns: ListColumn[];
  options: ListOptions;
  /** Whether accounts that are not in the list are cleared, unless the user says otherwise. */
  replaces?: boolean;
  /** What else is asked for. */
  children?: ReactNode;
  onClose: () => void;
  onTake: (taken: Amounts, replace: boolean, said: string) => void;
}

const WORDS = { GOOD: "Good", HEADER: "Heading", BAD: "Error" } as const;

/** A list from a spreadsheet or a file: what was read of it, line by line, before anything is taken over. */
export default function PasteDialog({ title, accounts, columns, options, onClose, onTake, ...props }: Props) {
  const [text, setText] = useState(props.text);
  const [percents, setPercents] = useState<PercentReading>(null);
  const [replace, setReplace] = useState(props.replaces ?? true);
  const { rows, asked, taken, good, bad } = useList(text, accounts, columns, options, percents);
  const subject = options.subject ?? ACCOUNTS;
  const unanswered = asked && percents === null;
  const take = () => onTake(taken, replace, `${good} rows taken over${bad > 0 ? `, ${bad} left out` : ""}.`);
  return (
    <Dialog open onClose={onClose} maxWidth="md" fullWidth aria-labelledby="paste-title">
      <DialogTitle id="paste-title">{title}</DialogTitle>
      <DialogContent>
        <Typography color="textSecondary" sx={{ mb: 1.5 }}>
          One line for each {subject.one}: {subject === ACCOUNTS ? "id or name" : "name"}
          {columns.map(({ header }) => `, ${header.toLowerCase()}`)}. Tabs, commas or semicolons between them.
        </Typography>
        <Stack spacing={1.5}>
          <PastedLines text={text} columns={columns} subject={subject} onChange={setText} />
          <FileButton onRead={setText} />
          {props.children}
          {asked && <PercentQuestion value={percents} onChange={setPercents} />}
          {rows.length > 0 && <ReadRows rows={rows} columns={columns} subject={subject} />}
          <Typography role="status" sx={{ fontWeight: 650 }}>
            {text.trim() === "" ? "Nothing is pasted yet: Ctrl+V." : listText(rows)}
          </Typography>
        </Stack>
      </DialogContent>
      <Actions
        good={good}
        bad={bad}
        many={subject.many}
        unanswered={unanswered}
        replace={replace}
        onReplace={setReplace}
        onClose={onClose}
        onTake={take}
      />
    </Dialog>
  );
}

function PastedLines({
  text,
  columns,
  subject,
  onChange,
}: {
  text: string;
  columns: readonly ListColumn[];
  subject: Subject;
  onChange: (text: string) => void;
}) {
  return (
    <TextField
      label="Pasted lines"
      multiline
      minRows={3}
      maxRows={6}
      value={text}
      onChange={(event) => onChange(event.target.value)}
      autoFocus
      placeholder={
        columns.some(({ kind }) => kind === "text")
          ? "PPR-001\tClient asked\nPPR-002\tClient asked"
          : subject.example
      }
      slotProps={{ htmlInput: { style: { fontFamily: "monospace", tabSize: 16 }, spellCheck: false } }}
    />
  );
}

/** What was read of the text, with its percentages as they are said to be meant. */
function useList(
  text: string,
  accounts: readonly KnownAccount[],
  columns: ListColumn[],
  options: ListOptions,
  percents: PercentReading,
) {
  return useMemo(() => {
    const asIs = readList(text, accounts, columns, options);
    const asked = maybeFractions(asIs, columns);
    const rows =
      asked && percents === "FRACTION" ? readList(text, accounts, columns, { ...options, percents }) : asIs;
    const taken = takenOver(rows);
    return {
      rows,
      asked,
      taken,
      good: Object.keys(taken).length,
      bad: rows.filter(({ state }) => state === "BAD").length,
    };
  }, [text, accounts, columns, options, percents]);
}

function Actions(props: {
  good: number;
  bad: number;
  many: string;
  unanswered: boolean;
  replace: boolean;
  onReplace: (replace: boolean) => void;
  onClose: () => void;
  onTake: () => void;
}) {
  const { good, bad, many, unanswered, replace, onReplace, onClose, onTake } = props;
  return (
    <DialogActions sx={{ flexWrap: "wrap", gap: 1 }}>
      <FormControlLabel
        sx={{ flexGrow: 1, ml: 1 }}
        control={<Checkbox checked={replace} onChange={(_event, checked) => onReplace(checked)} />}
        label={`Clear ${many} that are not in the list`}
      />
      {unanswered && <Typography color="warning.main">Say how the numbers are meant.</Typography>}
      <Button onClick={onClose}>Cancel</Button>
      <Button variant="contained" onClick={onTake} disabled={good === 0 || unanswered}>
        {bad > 0
          ? good === 1
            ? "Take the good row"
            : `Take the ${good} good rows`
          : good === 1
            ? "Take 1 row"
            : `Take ${good} rows`}
      </Button>
    </DialogActions>
  );
}

/** The content of a file, as if it had been pasted. */
function FileButton({ onRead }: { onRead: (text: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const read = async (from: HTMLInputElement) => {
    const file = from.files?.[0];
    if (!file) return;
    onRead((await file.text()).replace(/^\ufeff/, ""));
    // The same file may be chosen again once it is corrected.
    from.value = "";
  };
  return (
    <Box>
      <Button variant="outlined" onClick={() => input.current?.click()}>
        Choose a CSV file
      </Button>
      <input
        ref={input}
        type="file"
        accept=".csv,.tsv,.txt,text/csv,text/plain"
        hidden
        aria-label="CSV file"
        onChange={(event) => void read(event.target)}
      />
    </Box>
  );
}

function PercentQuestion({
  value,
  onChange,
}: {
  value: PercentReading;
  onChange: (value: PercentReading) => void;
}) {
  return (
    <Box role="group" aria-labelledby="fractions-title">
      <Typography id="fractions-title" sx={{ fontWeight: 650 }}>
        All numbers are at most 1. How is 0.25 meant?
      </Typography>
      <RadioGroup row value={value ?? ""} onChange={(_event, chosen) => onChange(chosen as PercentReading)}>
        <FormControlLabel value="FRACTION" control={<Radio />} label="A fraction: 25 %" />
        <FormControlLabel value="PERCENT" control={<Radio />} label="Per cent: 0.25 %" />
      </RadioGroup>
    </Box>
  );
}

/** Lines with errors first. */
function ReadRows({
  rows,
  columns,
  subject: { one },
}: {
  rows: ReadRow[];
  columns: ListColumn[];
  subject: Subject;
}) {
  const ordered = useMemo(
    () => [...rows].sort((a, b) => Number(b.state === "BAD") - Number(a.state === "BAD") || a.line - b.line),
    [rows],
  );
  const gridColumns = useMemo<ColDef<ReadRow>[]>(
    () => [
      numberColumn<ReadRow>("Line", ({ line }) => line, String, { width: 80 }),
      textColumn<ReadRow>("State", ({ state }) => WORDS[state], {
        width: 95,
        cellStyle: ({ data }) =>
          data?.state === "BAD" ? { color: "var(--mui-palette-error-main)", fontWeight: "600" } : null,
      }),
      textColumn<ReadRow>(words(one), ({ account, cells }) => account?.account_id ?? cells[0], {
        width: 130,
      }),
      ...columns.map((column, at) =>
        textColumn<ReadRow>(`${column.header} written`, ({ cells }) => cells[at + 1], { width: 130 }),
      ),
      textColumn<ReadRow>("What is wrong", ({ faults }) => faults.join(" "), {
        flex: 1,
        minWidth: 260,
        wrapText: true,
        autoHeight: true,
      }),
    ],
    [columns, one],
  );
  return (
    <LazyGrid<ReadRow>
      label="Lines that were read"
      rows={ordered}
      columns={gridColumns}
      rowId={({ line }) => String(line)}
      height={240}
    />
  );
}
