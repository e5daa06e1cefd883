import { useState } from "react";
import type { QuantityRules } from "../../../kit/quantity";
import type { AmountsProps } from "./AmountsEditor";
import { type AmountColumn, type AmountRow, type Amounts, kindOf, withCell } from "./amounts";
import { changed, type History, noHistory, redone, undone } from "./history";
import { type AmountKind, type Reading, readTyped } from "./numbers";

/** A typed number within what its column takes. */
function readCell(column: AmountColumn, kind: AmountKind, text: string, m: QuantityRules["m"]): Reading {
  const reading = readTyped(text, kind, m);
  const tooMuch = "value" in reading && column.most !== undefined && (reading.value ?? 0) > column.most;
  return kind === "percent" && tooMuch ? { message: `At most ${column.most} % is possible.` } : reading;
}

/** A wish to change a cell, as the grid tells it. */
interface CellEdit {
  data: { id: string; cells: AmountRow | undefined };
  colDef: { colId?: string };
  newValue?: unknown;
}

/** Edits of the amounts with undo and redo, and what to say of the last one. */
export function useAmountsEditing(
  {
    columns,
    amounts,
    onChange,
    defaults,
    echo,
  }: Pick<AmountsProps<never>, "columns" | "amounts" | "onChange" | "defaults" | "echo">,
  m: QuantityRules["m"],
) {
  const [history, setHistory] = useState<History<Amounts>>(noHistory);
  const [message, setMessage] = useState("");

  const change = (next: Amounts, said = "") => {
    setHistory(changed(history, amounts));
    setMessage(said);
    onChange(next);
  };
  const step = (move: typeof undone<Amounts>, done: string, nothing: string) => {
    const moved = move(history, amounts);
    setMessage(moved ? done : nothing);
    if (!moved) return;
    setHistory(moved.history);
    onChange(moved.state);
  };
  const edit = ({ data: { id, cells }, colDef, newValue }: CellEdit) => {
    const column = columns.find(({ key }) => key === colDef.colId);
    if (!column) return;
    const base = cells || !defaults ? amounts : { ...amounts, [id]: defaults };
    const kind = kindOf(column, { ...defaults, ...cells });
    if (kind === "unit") {
      change(withCell(base, columns, id, column.key, String(newValue)));
      return;
    }
    const reading = readCell(column, kind, String(newValue ?? ""), m);
    if ("message" in reading) {
      setMessage(`${id}, ${column.header}: ${reading.message} The value before stays.`);
      return;
    }
    const said = reading.value === null ? null : echo?.(id, column.key, reading.value);
    change(withCell(base, columns, id, column.key, reading.value), said ?? "");
  };
  return {
    message,
    change,
    edit,
    undo: () => step(undone, "Undone.", "There is nothing to undo."),
    redo: () => step(redone, "Done again.", "There is nothing to do again."),
  };
}
