import { Button, TextField } from "@mui/material";
import { useMemo, useState } from "react";
import type { TargetDimension } from "../../api/generated/api";
import { textColumn } from "../../kit/grid/columns";
import { AmountsEditor } from "../allocations/method/AmountsEditor";
import { editable, type GridRow } from "../allocations/method/amountColumns";
import type { Amounts } from "../allocations/method/amounts";
import type { KnownAccount } from "../allocations/method/pasted";
import { CLASS_COLUMNS, classRows, METRIC_COLUMNS, mayName, subjectOf } from "./targetForm";

/** Targets and bands by class: the grid of the weights, with classes for its rows. */
export function TargetGrid(props: {
  dimension: TargetDimension;
  edges: readonly number[];
  amounts: Amounts;
  onChange: (amounts: Amounts) => void;
  sum: { words: string; isGood: boolean };
}) {
  const { dimension, edges, amounts, onChange, sum } = props;
  const isMetric = dimension === "METRIC";
  const columns = isMetric ? METRIC_COLUMNS : CLASS_COLUMNS;
  const subject = useMemo(() => subjectOf(dimension), [dimension]);
  const rows = useRows(dimension, edges, amounts);
  const gridColumns = useMemo(
    () => [
      textColumn<GridRow<KnownAccount>>(
        isMetric ? "Metric" : "Class",
        ({ id, account }) => account?.account_name ?? id,
        { flex: 1, minWidth: 210 },
      ),
      ...columns.map(editable<KnownAccount>),
    ],
    [isMetric, columns],
  );
  return (
    <AmountsEditor<KnownAccount>
      label={isMetric ? "Targets by metric" : "Targets by class"}
      columns={columns}
      amounts={amounts}
      onChange={onChange}
      status={sum.words}
      statusIsGood={sum.isGood}
      accounts={rows}
      gridColumns={gridColumns}
      emptyText="No classes yet"
      subject={subject}
      notice={(change) =>
        mayName(dimension) && (
          <AddClass
            known={rows}
            onAdd={(name) => change({ ...amounts, [name]: { target: 0 } }, `Added ${name}.`)}
          />
        )
      }
    />
  );
}

/** The rows, the same ones while their names are the same: the grid draws what changed. */
function useRows(dimension: TargetDimension, edges: readonly number[], amounts: Amounts): KnownAccount[] {
  const made = classRows(dimension, edges, amounts);
  const names = JSON.stringify(made);
  return useMemo(() => JSON.parse(names) as KnownAccount[], [names]);
}

/** A class that has no row yet. */
function AddClass({ known, onAdd }: { known: readonly KnownAccount[]; onAdd: (name: string) => void }) {
  const [name, setName] = useState("");
  const typed = name.trim();
  const twice = known.some(({ account_id }) => account_id.toLowerCase() === typed.toLowerCase());
  const add = () => {
    if (typed === "" || twice) return;
    onAdd(typed);
    setName("");
  };
  return (
    <span style={{ display: "flex", gap: 8, marginBottom: 8, alignItems: "flex-start" }}>
      <TextField
        label="Another class"
        value={name}
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          // Not the form.
          event.preventDefault();
          add();
        }}
        error={twice}
        helperText={twice ? "This class has a row." : undefined}
        slotProps={{ htmlInput: { maxLength: 64 } }}
      />
      <Button onClick={add} disabled={typed === "" || twice} variant="outlined">
        Add
      </Button>
    </span>
  );
}
