import { Box, Button, Stack, Typography } from "@mui/material";
import type { CellEditRequestEvent, ColDef, GridApi, GridOptions } from "ag-grid-community";
import { type ClipboardEvent, type KeyboardEvent, useMemo, useRef, useState } from "react";
import { numberColumn } from "../../kit/grid/columns";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { COLUMN, COLUMNS, type ColumnName } from "./columns";
import {
  blankLines,
  clipboardRows,
  type DraftLine,
  type Fault,
  isBlank,
  MOST_LINES,
  placed,
  withCell,
} from "./lines";
import { placedInWords } from "./lineWords";
import type { BlotterDraft } from "./useBlotterDraft";

const MORE_LINES = 10;
const HEIGHT = 380;

interface Row extends DraftLine {
  number: number;
  faults: readonly Fault[];
}

const FAULTY = {
  "& .cell-fault": {
    bgcolor: "color-mix(in srgb, var(--mui-palette-error-main) 14%, transparent)",
    boxShadow: "inset 0 0 0 1px var(--mui-palette-error-main)",
  },
  "& .line-fault": { color: "error.main", fontWeight: 700 },
};

function faultsAt(row: Row | undefined, name: ColumnName | null): string {
  return (row?.faults ?? [])
    .filter(({ column }) => column === name)
    .map(({ message }) => message)
    .join(" ");
}

const GRID_COLUMNS: ColDef<Row>[] = [
  numberColumn<Row>("Line", ({ number }) => number, String, {
    width: 70,
    minWidth: 60,
    pinned: "left",
    sortable: false,
    filter: false,
    valueFormatter: ({ data }) => (data ? `${data.faults.length > 0 ? "! " : ""}${data.number}` : ""),
    cellClass: ({ data }) => `ag-right-aligned-cell ${data && data.faults.length > 0 ? "line-fault" : ""}`,
    tooltipValueGetter: ({ data }) => data?.faults.map(({ message }) => message).join("\n"),
  }),
  ...COLUMNS.map(
    ({ name, header, width, help, kind }): ColDef<Row> => ({
      headerName: header,
      colId: name,
      headerTooltip: help,
      width,
      minWidth: 60,
      sortable: false,
      filter: false,
      editable: true,
      type: kind === "SIZE" || kind === "NUMBER" || kind === "PERCENT" ? "rightAligned" : undefined,
      valueGetter: ({ data }) => data?.cells[name] ?? "",
      cellClassRules: { "cell-fault": ({ data }) => faultsAt(data, name) !== "" },
      tooltipValueGetter: ({ data }) => faultsAt(data, name) || undefined,
    }),
  ),
];

const EDITING: GridOptions<Row> = {
  readOnlyEdit: true,
  undoRedoCellEditing: false,
  enableCellTextSelection: false,
  enterNavigatesVerticallyAfterEdit: true,
  stopEditingWhenCellsLoseFocus: true,
};

export interface LinesGridProps {
  draft: BlotterDraft;
  faults: readonly Fault[];
  /** Told of the grid, to go to a cell. */
  onApi: (api: GridApi) => void;
  onUpload: () => void;
}

/** The lines of a new blotter: typed, pasted from a spreadsheet, undone. */
export function LinesGrid({ draft, faults, onApi, onUpload }: LinesGridProps) {
  const [message, setMessage] = useState("");
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const api = useRef<GridApi<Row> | null>(null);
  const rows = useRows(draft.lines, faults);
  const paste = (text: string) => {
    const cell = api.current?.getFocusedCell();
    const column = cell && cell.column.getColId() in COLUMN ? (cell.column.getColId() as ColumnName) : null;
    const firstBlank = draft.lines.findIndex(isBlank);
    const at = {
      line: column && cell ? cell.rowIndex : firstBlank < 0 ? draft.lines.length : firstBlank,
      column: column ?? "security_id",
    };
    const found = placed(draft.lines, clipboardRows(text), at);
    if ("lines" in found) draft.changeLines(found.lines);
    setMessage(placedInWords(found));
  };
  const { keys, pasted } = useKeys(draft, paste);
  const remove = () => {
    draft.changeLines(draft.lines.filter(({ id }) => !chosen.includes(id)));
    setMessage(chosen.length === 1 ? "1 line removed." : `${chosen.length} lines removed.`);
    setChosen([]);
  };
  return (
    <Box role="group" aria-label="Lines" onKeyDownCapture={keys} onPaste={pasted} sx={FAULTY}>
      <Tools {...{ draft, chosen, onUpload, paste, remove, tell: setMessage }} />
      <LazyGrid<Row>
        label="Lines of the new blotter"
        rows={rows}
        columns={GRID_COLUMNS}
        rowId={({ id }) => String(id)}
        height={HEIGHT}
        onSelect={(found) => setChosen(found.map(({ id }) => id))}
        onReady={(ready) => {
          api.current = ready;
          onApi(ready);
        }}
        gridOptions={{
          ...EDITING,
          onCellEditRequest: ({ data, colDef, newValue }: CellEditRequestEvent<Row>) =>
            draft.changeLines(
              withCell(draft.lines, data.id, colDef.colId as ColumnName, String(newValue ?? "")),
            ),
        }}
      />
      <Typography role="status" color="textSecondary" sx={{ minHeight: 20, mt: 0.5 }}>
        {message}
      </Typography>
    </Box>
  );
}

/** Rows with what is wrong with them; the same objects while nothing changes, so that the grid draws nothing anew. */
function useRows(lines: readonly DraftLine[], faults: readonly Fault[]): Row[] {
  const before = useRef(new Map<number, { line: DraftLine; row: Row }>());
  return useMemo(() => {
    const none: readonly Fault[] = [];
    const byLine = new Map<number, Fault[]>();
    for (const fault of faults)
      if (fault.line !== null) byLine.set(fault.line, [...(byLine.get(fault.line) ?? []), fault]);
    const known = before.current;
    before.current = new Map();
    return lines.map((line, place) => {
      const found = byLine.get(line.id) ?? none;
      const old = known.get(line.id);
      const isSame =
        old?.line === line && old.row.number === place + 1 && old.row.faults.length + found.length === 0;
      const row = isSame ? old.row : { ...line, number: place + 1, faults: found };
      before.current.set(line.id, { line, row });
      return row;
    });
  }, [lines, faults]);
}

function isTyping(target: EventTarget): boolean {
  return (
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && target.type !== "checkbox")
  );
}

/** Ctrl+Z and Ctrl+V anywhere in the part, but not where text is typed. */
function useKeys(draft: BlotterDraft, paste: (text: string) => void) {
  const keys = (event: KeyboardEvent) => {
    const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
    if (!isUndo || isTyping(event.target)) return;
    event.preventDefault();
    draft.undo?.();
  };
  const pasted = (event: ClipboardEvent) => {
    if (isTyping(event.target)) return;
    event.preventDefault();
    paste(event.clipboardData.getData("text/plain"));
  };
  return { keys, pasted };
}

function Tools({
  draft,
  chosen,
  onUpload,
  paste,
  remove,
  tell,
}: {
  draft: BlotterDraft;
  chosen: readonly number[];
  onUpload: () => void;
  paste: (text: string) => void;
  remove: () => void;
  tell: (message: string) => void;
}) {
  const pasteFromClipboard = async () => {
    try {
      paste(await navigator.clipboard.readText());
    } catch {
      tell("The browser does not hand over its clipboard. Choose a cell, and press Ctrl+V.");
    }
  };
  return (
    <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", gap: 0.5, mb: 0.75, alignItems: "center" }}>
      <Button variant="outlined" onClick={onUpload}>
        Upload a file
      </Button>
      <Button variant="outlined" onClick={() => void pasteFromClipboard()} title="Ctrl+V in a cell">
        Paste from Excel
      </Button>
      <Box sx={{ flexGrow: 1 }} />
      {chosen.length > 0 && (
        <Button color="error" onClick={remove}>
          Remove {chosen.length === 1 ? "1 line" : `${chosen.length} lines`}
        </Button>
      )}
      <Button onClick={draft.undo ?? undefined} disabled={draft.undo === null} title="Ctrl+Z">
        Undo
      </Button>
      <Button
        disabled={draft.lines.length >= MOST_LINES}
        onClick={() => draft.changeLines([...draft.lines, ...blankLines(draft.lines, MORE_LINES)])}
      >
        Add {MORE_LINES} lines
      </Button>
      <Button onClick={draft.clear}>Clear</Button>
    </Stack>
  );
}
