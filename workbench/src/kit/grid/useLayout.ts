import type { ColumnState, GridApi } from "ag-grid-community";
import { useCallback, useRef } from "react";
import { usePreference } from "../../rooms/preferences/usePreference";

/** What is kept of a column: its place in the list, width, whether it is shown, and how rows are sorted by it. */
type KeptColumn = Pick<ColumnState, "colId" | "width" | "hide" | "sort" | "sortIndex" | "pinned">;
interface Layout {
  columns?: KeptColumn[];
}

const DEFAULT: Layout = {};

export function keptColumns(state: readonly ColumnState[]): KeptColumn[] {
  return state.map(({ colId, width, hide, sort, sortIndex, pinned }) => ({
    colId,
    width: width ?? undefined,
    hide: hide ?? false,
    sort: sort ?? null,
    sortIndex: sortIndex ?? null,
    pinned: pinned ?? null,
  }));
}

/** Columns as they were kept; null where what is stored is no layout. Columns that are gone are passed over by the grid. */
export function storedColumns(stored: unknown): ColumnState[] | null {
  if (!Array.isArray(stored)) return null;
  return stored.filter((column) => typeof column?.colId === "string");
}

/** Order, width, visibility and sort of a grid's columns, kept for the user under the grid's name. */
export function useLayout<Row>(name: string | undefined) {
  const { value, change, ready } = usePreference<Layout>(`grid.${name ?? "none"}`, DEFAULT);
  const last = useRef<string | null>(null);

  const apply = useCallback(
    (api: GridApi<Row>) => {
      const state = storedColumns(value.columns);
      if (name && state) api.applyColumnState({ state, applyOrder: true });
      last.current = JSON.stringify(keptColumns(api.getColumnState()));
    },
    [name, value],
  );
  const keep = useCallback(
    (api: GridApi<Row>) => {
      if (!name || last.current === null) return;
      const columns = keptColumns(api.getColumnState());
      const text = JSON.stringify(columns);
      if (text === last.current) return;
      last.current = text;
      change({ columns });
    },
    [name, change],
  );
  const reset = useCallback(
    (api: GridApi<Row>) => {
      api.resetColumnState();
      last.current = JSON.stringify(keptColumns(api.getColumnState()));
      change({});
    },
    [change],
  );
  return { apply, keep, reset, ready: name === undefined || ready };
}
