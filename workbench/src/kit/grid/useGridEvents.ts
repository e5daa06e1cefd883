import type { CellKeyDownEvent, GridApi, GridOptions, GridReadyEvent } from "ag-grid-community";
import { useCallback } from "react";
import { copyFromGrid } from "./copy";
import type { DataGridProps } from "./DataGrid";
import { ACTIONS, type OpenMenu } from "./RowMenu";
import type { useLayout } from "./useLayout";

interface Around<Row> extends Pick<DataGridProps<Row>, "label" | "onOpen" | "onSelect" | "onReady" | "menu"> {
  kept: ReturnType<typeof useLayout<Row>>;
  onApi: (api: GridApi<Row>) => void;
  onMenu: (menu: OpenMenu<Row>) => void;
}

/** What the grid tells, and what is done about it: open, choose, copy, the menu of a row, the layout of columns. */
export function useGridEvents<Row>(around: Around<Row>): GridOptions<Row> {
  const { label, onOpen, onSelect, onReady, menu, kept, onApi, onMenu } = around;
  const { apply, keep } = kept;
  const openBelow = useCallback(
    (row: Row, target: EventTarget | null) => {
      const at = (target as HTMLElement).getBoundingClientRect();
      onMenu({ row, left: at.left, top: at.bottom });
    },
    [onMenu],
  );
  const keyDown = useCallback(
    (event: CellKeyDownEvent<Row>) => {
      const key = event.event as KeyboardEvent | undefined;
      if (!key || event.api.getEditingCells().length > 0) return;
      const isMenuKey = key.key === "ContextMenu" || (key.key === "F10" && key.shiftKey);
      const isOnActions = key.key === "Enter" && event.column.getColId() === ACTIONS;
      if ((isMenuKey || isOnActions) && menu && event.data) {
        key.preventDefault();
        openBelow(event.data, key.target);
      } else if (key.key === "Enter" && onOpen && event.data && !event.colDef.editable) onOpen(event.data);
      if (key.key.toLowerCase() === "c" && (key.ctrlKey || key.metaKey)) void copyFromGrid(event.api);
    },
    [onOpen, menu, openBelow],
  );
  const ready = useCallback(
    (event: GridReadyEvent<Row>) => {
      event.api.setGridAriaProperty("label", label);
      apply(event.api);
      onApi(event.api);
      onReady?.(event.api);
    },
    [label, onReady, apply, onApi],
  );
  const moved = useCallback(
    (event: { api: GridApi<Row>; finished?: boolean }) => event.finished !== false && keep(event.api),
    [keep],
  );
  return {
    onGridReady: ready,
    onCellKeyDown: keyDown,
    onRowDoubleClicked: onOpen && (({ data }) => data && onOpen(data)),
    onSelectionChanged: onSelect && (({ api }) => onSelect(api.getSelectedRows())),
    onCellClicked:
      menu &&
      (({ column, data, event }) =>
        column.getColId() === ACTIONS && data && event && openBelow(data, event.target)),
    onCellContextMenu:
      menu &&
      (({ data, event }) => {
        const at = event as MouseEvent | null;
        if (data && at) onMenu({ row: data, left: at.clientX, top: at.clientY });
      }),
    onColumnMoved: moved,
    onColumnResized: moved,
    onColumnVisible: moved,
    onColumnPinned: moved,
    onSortChanged: moved,
  };
}
