import { Box, Button, Stack, Typography } from "@mui/material";
import type { CellEditRequestEvent } from "ag-grid-community";
import {
  type ClipboardEvent,
  type KeyboardEvent,
  lazy,
  type ReactNode,
  Suspense,
  useMemo,
  useRef,
  useState,
} from "react";
import { type GroupAccount, useGetDeskQuery } from "../../../api/generated/api";
import { LazyGrid } from "../../../kit/grid/LazyGrid";
import { ErrorNote, Loading } from "../../../kit/states";
import { amountColumns, type GridRow, rowsOf } from "./amountColumns";
import { type AmountColumn, type AmountRow, type Amounts, kindOf, withCell } from "./amounts";
import { changed, type History, noHistory, redone, undone } from "./history";
import { readTyped } from "./numbers";
import { useGroupAccounts } from "./useGroupAccounts";

const PasteDialog = lazy(() => import("./PasteDialog"));

const ROW = 28;
const HEADER = 34;
const MOST_HEIGHT = 420;

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
  if (error) return <ErrorNote error={error} onRetry={refetch} title="The accounts are not known" />;
  if (!accounts) return <Loading label="Loading the accounts" height={280} />;
  return <Editor {...props} accounts={accounts} />;
}

function Editor({ accounts, ...props }: AmountsGridProps & { accounts: GroupAccount[] }) {
  const { label, columns, amounts, onChange, defaults, echo } = props;
  const { data: desk } = useGetDeskQuery();
  const [history, setHistory] = useState<History<Amounts>>(noHistory);
  const [message, setMessage] = useState("");
  const [pasted, setPasted] = useState<string | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => rowsOf(accounts, amounts), [accounts, amounts]);
  const total = useMemo(() => accounts.reduce((all, { nav }) => all + (nav ?? 0), 0), [accounts]);
  const gridColumns = useMemo(() => amountColumns(columns, total), [columns, total]);
  const m = desk?.quantity_m ?? null;

  const change = (next: Amounts, said = "") => {
    setHistory(changed(history, amounts));
    setMessage(said);
    onChange(next);
  };
  const step = (move: typeof undone<Amounts>, said: string) => {
    const moved = move(history, amounts);
    if (!moved) return;
    setHistory(moved.history);
    setMessage(said);
    onChange(moved.state);
  };
  const edit = ({ data, colDef, newValue }: CellEditRequestEvent<GridRow>) => {
    const column = columns.find(({ key }) => key === colDef.colId);
    if (!column) return;
    const { id, cells } = data;
    const row = { ...defaults, ...cells };
    const kind = kindOf(column, row);
    const base = cells || !defaults ? amounts : { ...amounts, [id]: defaults };
    if (kind === "unit") return change(withCell(base, columns, id, column.key, String(newValue)));
    const reading = readTyped(String(newValue ?? ""), kind, m);
    if ("message" in reading)
      return setMessage(`${id}, ${column.header}: ${reading.message} The value before stays.`);
    if (kind === "percent" && column.most !== undefined && (reading.value ?? 0) > column.most)
      return setMessage(
        `${id}, ${column.header}: at most ${column.most} % is possible. The value before stays.`,
      );
    const next = withCell(base, columns, id, column.key, reading.value);
    change(next, (reading.value !== null && echo?.(id, column.key, reading.value)) || "");
  };
  const keys = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || isTyping(event.target)) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) step(redone, "Done again.");
    else step(undone, "Undone.");
  };
  const paste = (event: ClipboardEvent) => {
    if (isTyping(event.target)) return;
    event.preventDefault();
    setPasted(event.clipboardData.getData("text/plain"));
  };
  return (
    <Box ref={box} onKeyDownCapture={keys} onPaste={paste} role="group" aria-label={label}>
      <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", gap: 0.5, mb: 0.75, alignItems: "center" }}>
        {props.children}
        {props.fills?.map(({ label, make }) => (
          <Button key={label} onClick={() => change(make(accounts), `${label}: done.`)}>
            {label}
          </Button>
        ))}
        <Button onClick={() => change({}, "Cleared.")} disabled={Object.keys(amounts).length === 0}>
          Clear
        </Button>
        <Button onClick={() => step(undone, "Undone.")} disabled={history.past.length === 0} title="Ctrl+Z">
          Undo
        </Button>
        <Button
          onClick={() => step(redone, "Done again.")}
          disabled={history.future.length === 0}
          title="Ctrl+Y"
        >
          Redo
        </Button>
        <Box sx={{ flexGrow: 1 }} />
        <Button variant="outlined" onClick={() => setPasted("")}>
          Paste from Excel
        </Button>
      </Stack>
      <LazyGrid<GridRow>
        label={label}
        rows={rows}
        columns={gridColumns}
        rowId={({ id }) => id}
        height={Math.min(MOST_HEIGHT, HEADER + ROW * rows.length + 2)}
        emptyText="The chosen groups have no accounts."
        gridOptions={{
          readOnlyEdit: true,
          onCellEditRequest: edit,
          undoRedoCellEditing: false,
          enableCellTextSelection: false,
          enterNavigatesVerticallyAfterEdit: true,
          stopEditingWhenCellsLoseFocus: true,
        }}
      />
      <Suspense>
        {pasted !== null && (
          <PasteDialog
            title={`Paste: ${label.toLowerCase()}`}
            text={pasted}
            accounts={accounts}
            columns={columns}
            options={{ m, defaults }}
            onClose={() => setPasted(null)}
            onTake={(taken, replace, said) => {
              change(replace ? taken : { ...amounts, ...taken }, said);
              setPasted(null);
            }}
          />
        )}
      </Suspense>
      <Typography
        role="status"
        sx={{ mt: 0.5, fontWeight: 650, color: props.statusIsGood === false ? "warning.main" : undefined }}
      >
        {props.status}
      </Typography>
      <Typography role="status" color="text.secondary" sx={{ minHeight: 20 }}>
        {message}
      </Typography>
    </Box>
  );
}

function isTyping(target: EventTarget): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
