import { Box, Button, Stack, Typography } from "@mui/material";
import type { ColDef } from "ag-grid-community";
import {
  type ClipboardEvent,
  type KeyboardEvent,
  lazy,
  type ReactNode,
  Suspense,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useGetDeskQuery } from "../../../api/generated/api";
import { LazyGrid } from "../../../kit/grid/LazyGrid";
import { type GridRow, rowsOf } from "./amountColumns";
import type { AmountColumn, AmountRow, Amounts } from "./amounts";
import type { KnownAccount, Subject } from "./pasted";
import { useAmountsEditing } from "./useAmountsEditing";

const PasteDialog = lazy(() => import("./PasteDialog"));

const ROW = 28;
const HEADER = 34;
export const MOST_HEIGHT = 420;

export interface AmountsProps<Of extends KnownAccount> {
  /** Name of the grid, such as "Weights by account". */
  label: string;
  columns: AmountColumn[];
  amounts: Amounts;
  onChange: (amounts: Amounts) => void;
  /** What is in the grid in words, such as the sum: read out when it changes. */
  status: string;
  statusIsGood?: boolean;
  /** Cells that a new row has, such as its unit. */
  defaults?: AmountRow;
  /** More buttons: what they make of the accounts. */
  fills?: { label: string; make: (accounts: readonly Of[]) => Amounts }[];
  /** What was read of a typed number, where it may not be what was meant. */
  echo?: (account: string, key: string, value: number) => string | null;
  children?: ReactNode;
}

export interface AmountsEditorProps<Of extends KnownAccount> extends AmountsProps<Of> {
  /** What has a row, with amounts or without. */
  accounts: readonly Of[];
  gridColumns: ColDef<GridRow<Of>>[];
  emptyText: string;
  /** What the rows are of, where they are not of accounts. */
  subject?: Subject;
  /** Between the buttons and the grid; it may change the amounts, with words. */
  notice?: (change: Editing["change"]) => ReactNode;
}

type Editing = ReturnType<typeof useAmountsEditing>;

export function gridHeight(rows: number): number {
  return Math.min(MOST_HEIGHT, HEADER + ROW * rows + 2);
}

/** Amounts in a grid: typed, pasted, undone. */
export function AmountsEditor<Of extends KnownAccount>(props: AmountsEditorProps<Of>) {
  const { label, amounts, columns, accounts, defaults, subject } = props;
  const { data: desk } = useGetDeskQuery();
  const m = desk?.quantity_m ?? null;
  const editing = useAmountsEditing(props, m);
  const options = useMemo(() => ({ m, defaults, subject }), [m, defaults, subject]);
  const [pasted, setPasted] = useState<string | null>(null);
  const { keys, paste } = useKeys(editing, setPasted);
  return (
    <Box onKeyDownCapture={keys} onPaste={paste} role="group" aria-label={label} sx={{ maxWidth: 1200 }}>
      <Tools {...props} editing={editing} onPaste={() => setPasted("")} />
      {props.notice?.(editing.change)}
      <Grid {...props} editing={editing} />
      {pasted !== null && (
        <Suspense>
          <PasteDialog
            title={`Paste: ${label.toLowerCase()}`}
            text={pasted}
            accounts={accounts}
            columns={columns}
            options={options}
            onClose={() => setPasted(null)}
            onTake={(taken, replace, said) => {
              editing.change(replace ? taken : { ...amounts, ...taken }, said);
              setPasted(null);
            }}
          />
        </Suspense>
      )}
      <Typography
        role="status"
        sx={{ mt: 0.5, fontWeight: 650, color: props.statusIsGood === false ? "warning.main" : undefined }}
      >
        {props.status}
      </Typography>
      <Typography role="status" color="textSecondary" sx={{ minHeight: 20 }}>
        {editing.message}
      </Typography>
    </Box>
  );
}

/** Ctrl+Z, Ctrl+Y and Ctrl+V anywhere in the part, but not where text is typed. */
function useKeys(editing: Editing, onPaste: (text: string) => void) {
  const keys = (event: KeyboardEvent) => {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || (key !== "z" && key !== "y") || isTyping(event.target)) return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) editing.redo();
    else editing.undo();
  };
  const paste = (event: ClipboardEvent) => {
    if (isTyping(event.target)) return;
    event.preventDefault();
    onPaste(event.clipboardData.getData("text/plain"));
  };
  return { keys, paste };
}

function Tools<Of extends KnownAccount>({
  fills,
  accounts,
  children,
  editing,
  onPaste,
}: AmountsEditorProps<Of> & { editing: Editing; onPaste: () => void }) {
  return (
    <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", gap: 0.5, mb: 0.75, alignItems: "center" }}>
      {children}
      {fills?.map(({ label, make }) => (
        <Button key={label} onClick={() => editing.change(make(accounts), `${label}: done.`)}>
          {label}
        </Button>
      ))}
      <Button onClick={() => editing.change({}, "Cleared.")}>Clear</Button>
      <Button onClick={editing.undo} title="Ctrl+Z">
        Undo
      </Button>
      <Button onClick={editing.redo} title="Ctrl+Y">
        Redo
      </Button>
      <Box sx={{ flexGrow: 1 }} />
      <Button variant="outlined" onClick={onPaste}>
        Paste from Excel
      </Button>
    </Stack>
  );
}

function Grid<Of extends KnownAccount>(props: AmountsEditorProps<Of> & { editing: Editing }) {
  const { label, accounts, amounts, gridColumns, emptyText, editing } = props;
  const before = useRef<GridRow<Of>[]>([]);
  const rows = useMemo(() => rowsOf(accounts, amounts, before.current), [accounts, amounts]);
  useEffect(() => {
    before.current = rows;
  }, [rows]);
  return (
    <LazyGrid<GridRow<Of>>
      label={label}
      rows={rows}
      columns={gridColumns}
      rowId={({ id }) => id}
      height={gridHeight(rows.length)}
      emptyText={emptyText}
      gridOptions={{
        readOnlyEdit: true,
        onCellEditRequest: editing.edit,
        undoRedoCellEditing: false,
        enableCellTextSelection: false,
        enterNavigatesVerticallyAfterEdit: true,
        stopEditingWhenCellsLoseFocus: true,
      }}
    />
  );
}

function isTyping(target: EventTarget): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
