import { Alert, Box, Button, Stack, Typography } from "@mui/material";
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
import { type GroupAccount, useGetDeskQuery, useListPortfolioGroupsQuery } from "../../../api/generated/api";
import { LazyGrid } from "../../../kit/grid/LazyGrid";
import { ErrorNote, Loading } from "../../../kit/states";
import { useAppSelector } from "../../../store";
import { selectDraft } from "../draftSlice";
import { amountColumns, type GridRow, rowsOf } from "./amountColumns";
import type { AmountColumn, AmountRow, Amounts } from "./amounts";
import { useFault } from "./faults";
import { useAmountsEditing } from "./useAmountsEditing";
import { useGroupAccounts } from "./useGroupAccounts";

const PasteDialog = lazy(() => import("./PasteDialog"));

const ROW = 28;
const HEADER = 34;
const MOST_HEIGHT = 420;
const TOOLS = 37;
const WORDS = 44;

export interface AmountsGridProps {
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
  fills?: { label: string; make: (accounts: readonly GroupAccount[]) => Amounts }[];
  /** What was read of a typed number, where it may not be what was meant. */
  echo?: (account: string, key: string, value: number) => string | null;
  children?: ReactNode;
}

/** Amounts of the accounts of the chosen groups: typed, pasted, undone. */
export function AmountsGrid(props: AmountsGridProps) {
  const { data: accounts, error, refetch } = useGroupAccounts();
  const expected = useExpectedHeight();
  if (error) return <ErrorNote error={error} onRetry={refetch} title="The accounts are not known" />;
  if (!accounts) return <Loading label="Loading the accounts" height={expected} />;
  return <Editor {...props} accounts={accounts} />;
}

/** Height of the grid with its buttons and words, by the number of accounts of the groups: nothing jumps. */
function useExpectedHeight(): number {
  const { groups } = useAppSelector(selectDraft);
  const { data } = useListPortfolioGroupsQuery();
  const found = data?.portfolio_groups.filter(({ group_id }) => groups.includes(group_id));
  const rows = found?.reduce((all, { account_count }) => all + account_count, 0);
  return TOOLS + (rows === undefined ? MOST_HEIGHT : gridHeight(rows)) + WORDS;
}

function gridHeight(rows: number): number {
  return Math.min(MOST_HEIGHT, HEADER + ROW * rows + 2);
}

type EditorProps = AmountsGridProps & { accounts: GroupAccount[] };
type Editing = ReturnType<typeof useAmountsEditing>;

function Editor(props: EditorProps) {
  const { label, amounts, columns, accounts, defaults } = props;
  const { data: desk } = useGetDeskQuery();
  const m = desk?.quantity_m ?? null;
  const editing = useAmountsEditing(props, m);
  const options = useMemo(() => ({ m, defaults }), [m, defaults]);
  const [pasted, setPasted] = useState<string | null>(null);
  const { keys, paste } = useKeys(editing, setPasted);
  return (
    <Box onKeyDownCapture={keys} onPaste={paste} role="group" aria-label={label} sx={{ maxWidth: 1200 }}>
      <Tools {...props} editing={editing} onPaste={() => setPasted("")} />
      <Strangers {...props} editing={editing} />
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

/** Amounts of accounts that are in no chosen group: the service would refuse them. */
function Strangers({ label, accounts, amounts, editing }: EditorProps & { editing: Editing }) {
  const strange = rowsOf(accounts, amounts).flatMap(({ id, account }) => (account ? [] : [id]));
  const words =
    strange.length === 0
      ? null
      : `${strange.join(", ")} ${strange.length === 1 ? "is" : "are"} not in the chosen groups.`;
  useFault(label, words);
  if (words === null) return null;
  const remove = () => {
    const left = Object.entries(amounts).filter(([id]) => !strange.includes(id));
    editing.change(Object.fromEntries(left), `Removed ${strange.join(", ")}.`);
  };
  return (
    <Alert severity="warning" variant="outlined" action={<Button onClick={remove}>Remove</Button>}>
      {words}
    </Alert>
  );
}

function Tools({
  fills,
  accounts,
  children,
  editing,
  onPaste,
}: EditorProps & { editing: Editing; onPaste: () => void }) {
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

function Grid({ label, accounts, amounts, columns, editing }: EditorProps & { editing: Editing }) {
  const before = useRef<GridRow[]>([]);
  const rows = useMemo(() => rowsOf(accounts, amounts, before.current), [accounts, amounts]);
  useEffect(() => {
    before.current = rows;
  }, [rows]);
  const gridColumns = useMemo(() => {
    const total = accounts.reduce((all, { nav }) => all + (nav ?? 0), 0);
    return amountColumns(columns, total);
  }, [columns, accounts]);
  return (
    <LazyGrid<GridRow>
      label={label}
      rows={rows}
      columns={gridColumns}
      rowId={({ id }) => id}
      height={gridHeight(rows.length)}
      emptyText="The chosen groups have no accounts."
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
