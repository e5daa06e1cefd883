import { Box } from "@mui/material";
import { visuallyHidden } from "@mui/utils";
import {
  AllCommunityModule,
  type CellKeyDownEvent,
  type ColDef,
  type GridApi,
  type GridReadyEvent,
  ModuleRegistry,
  type RowSelectionOptions,
} from "ag-grid-community";
import { AgGridReact } from "ag-grid-react";
import { useCallback, useMemo, useState } from "react";
import { copyFromGrid } from "./copy";
import { gridTheme } from "./gridTheme";
import { ACTIONS, actionsColumn, type OpenMenu, type RowAction, RowMenu } from "./RowMenu";

ModuleRegistry.registerModules([AllCommunityModule]);

const NONCE = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;

const DEFAULT_COLUMN: ColDef = {
  sortable: true,
  resizable: true,
  filter: true,
  minWidth: 80,
  suppressHeaderMenuButton: false,
};

export interface DataGridProps<Row> {
  /** Name of the grid for screen readers, such as "Allocation by account". */
  label: string;
  rows: readonly Row[] | undefined;
  columns: ColDef<Row>[];
  rowId: (row: Row) => string;
  /** Enter or a double click on a row. */
  onOpen?: (row: Row) => void;
  /** Rows can be chosen with checkboxes. */
  onSelect?: (rows: Row[]) => void;
  /** Totals: pinned below, and in words below the grid, since pinned rows are not read out. */
  totals?: Partial<Row>;
  totalsText?: string;
  /** Height in CSS; without it the grid is as high as its rows. */
  height?: number | string;
  emptyText?: string;
  quickFilter?: string;
  onReady?: (api: GridApi<Row>) => void;
  /** What can be done with a row: in a menu by a button, a right click, or Shift+F10. */
  menu?: { actions: (row: Row) => RowAction[]; name: (row: Row) => string };
  gridOptions?: Partial<React.ComponentProps<typeof AgGridReact<Row>>>;
}

/** Every table that is sorted, filtered or copied. Ctrl+C copies chosen rows, or the cell, as tabs with plain numbers. */
export default function DataGrid<Row>(props: DataGridProps<Row>) {
  const {
    label,
    rows,
    columns,
    rowId,
    onOpen,
    onSelect,
    totals,
    totalsText,
    height,
    emptyText,
    quickFilter,
    onReady,
    menu,
    gridOptions,
  } = props;
  const [opened, setOpened] = useState<OpenMenu<Row> | null>(null);
  const shown = useMemo(
    () =>
      menu
        ? [
            ...columns,
            actionsColumn<Row>(menu.name, (row, at) => setOpened({ row, left: at.left, top: at.bottom })),
          ]
        : columns,
    [columns, menu],
  );
  const selection = useMemo<RowSelectionOptions | undefined>(
    () => (onSelect ? { mode: "multiRow", headerCheckbox: true, selectAll: "filtered" } : undefined),
    [onSelect],
  );
  const keyDown = useCallback(
    (event: CellKeyDownEvent<Row>) => {
      const key = event.event as KeyboardEvent | undefined;
      if (!key || event.api.getEditingCells().length > 0) return;
      const wantsMenu = key.key === "ContextMenu" || (key.key === "F10" && key.shiftKey);
      if ((wantsMenu || (key.key === "Enter" && event.column.getColId() === ACTIONS)) && menu && event.data) {
        key.preventDefault();
        const at = (key.target as HTMLElement).getBoundingClientRect();
        setOpened({ row: event.data, left: at.left, top: at.bottom });
      } else if (key.key === "Enter" && onOpen && event.data && !event.colDef.editable) onOpen(event.data);
      if (key.key.toLowerCase() === "c" && (key.ctrlKey || key.metaKey)) void copyFromGrid(event.api);
    },
    [onOpen, menu],
  );
  const ready = useCallback(
    (event: GridReadyEvent<Row>) => {
      event.api.setGridAriaProperty("label", label);
      onReady?.(event.api);
    },
    [label, onReady],
  );
  return (
    <Box>
      <Box sx={height === undefined ? undefined : { height }}>
        <AgGridReact<Row>
          theme={gridTheme}
          styleNonce={NONCE}
          rowData={rows as Row[] | undefined}
          columnDefs={shown}
          defaultColDef={DEFAULT_COLUMN}
          getRowId={({ data }) => rowId(data)}
          loading={rows === undefined}
          rowSelection={selection}
          onSelectionChanged={onSelect && ((event) => onSelect(event.api.getSelectedRows()))}
          onRowDoubleClicked={onOpen && (({ data }) => data && onOpen(data))}
          onCellKeyDown={keyDown}
          preventDefaultOnContextMenu={menu !== undefined}
          onCellContextMenu={
            menu &&
            (({ data, event }) => {
              const at = event as MouseEvent | null;
              if (data && at) setOpened({ row: data, left: at.clientX, top: at.clientY });
            })
          }
          onGridReady={ready}
          domLayout={height === undefined ? "autoHeight" : "normal"}
          pinnedBottomRowData={totals ? [totals] : undefined}
          quickFilterText={quickFilter}
          overlayNoRowsTemplate={`<span>${emptyText ?? "No rows"}</span>`}
          animateRows={false}
          suppressDragLeaveHidesColumns
          enableCellTextSelection
          undoRedoCellEditing
          tooltipShowDelay={400}
          {...gridOptions}
        />
      </Box>
      {opened && menu && (
        <RowMenu
          menu={opened}
          label={`Actions of ${menu.name(opened.row)}`}
          actions={menu.actions(opened.row)}
          onClose={() => setOpened(null)}
        />
      )}
      {totalsText && (
        <Box component="p" role="status" sx={totals ? visuallyHidden : { my: 0.5, color: "text.secondary" }}>
          {totalsText}
        </Box>
      )}
    </Box>
  );
}
