import { Box, Stack } from "@mui/material";
import { visuallyHidden } from "@mui/utils";
import {
  AllCommunityModule,
  type CellKeyDownEvent,
  type ColDef,
  type GridApi,
  type GridReadyEvent,
  ModuleRegistry,
  type RowSelectionOptions,
  type SelectionColumnDef,
} from "ag-grid-community";
import { AgGridReact } from "ag-grid-react";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { useAppearance } from "../../rooms/preferences/useAppearance";
import { Loading } from "../states";
import { ColumnsMenu } from "./ColumnsMenu";
import { copyFromGrid } from "./copy";
import { GRID_THEMES } from "./gridTheme";
import { ACTIONS, actionsColumn, type OpenMenu, type RowAction, RowMenu } from "./RowMenu";
import { useLayout } from "./useLayout";

ModuleRegistry.registerModules([AllCommunityModule]);

const NONCE = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;

const DEFAULT_COLUMN: ColDef = {
  sortable: true,
  resizable: true,
  filter: true,
  minWidth: 80,
  suppressHeaderMenuButton: false,
};

const SELECTION_COLUMN: SelectionColumnDef = { pinned: "left", width: 36, suppressHeaderMenuButton: true };

/** The button of a column's filter appears with the pointer or the focus, and stays while the filter is set. */
const CALM_HEADER = {
  "& .ag-header-cell:not(:hover, :focus, :focus-within) .ag-header-cell-filter-button:not(.ag-filter-active)":
    {
      display: "none",
    },
};

/** The grid gives its pinned rows another box model, which moves their figures out of line; tooltips may have lines. */
const CORRECTIONS = {
  "& .ag-grid-pinned-bottom-rows .ag-cell": { boxSizing: "border-box" },
  "& .ag-tooltip": { whiteSpace: "pre-line" },
} as const;

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
  /** Name under which order, width, visibility and sort of the columns are kept for the user. */
  layout?: string;
  /** What stands above the grid, left of the menu of columns. */
  toolbar?: ReactNode;
  /** Shown in place of the rows, below the toolbar: an error, or that there is nothing. */
  instead?: ReactNode;
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
    layout,
    toolbar,
    instead,
    gridOptions,
  } = props;
  const { density } = useAppearance();
  const { apply, keep, reset, ready: isLayoutRead } = useLayout<Row>(layout);
  const [api, setApi] = useState<GridApi<Row> | null>(null);
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
      apply(event.api);
      setApi(event.api);
      onReady?.(event.api);
    },
    [label, onReady, apply],
  );
  const moved = useCallback(
    (event: { api: GridApi<Row>; finished?: boolean }) => event.finished !== false && keep(event.api),
    [keep],
  );
  const bar = (toolbar || layout) && (
    <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", alignItems: "center", gap: 1, mb: 1 }}>
      {toolbar}
      {layout && <ColumnsMenu api={instead ? null : api} onReset={() => api && reset(api)} />}
    </Stack>
  );
  if (instead || !isLayoutRead)
    return (
      <Box>
        {bar}
        {instead || <Loading label={`Loading ${label}`} height={height} />}
      </Box>
    );
  return (
    <Box>
      {bar}
      <Box sx={{ height, ...CALM_HEADER, ...CORRECTIONS }}>
        <AgGridReact<Row>
          theme={GRID_THEMES[density]}
          styleNonce={NONCE}
          rowData={rows as Row[] | undefined}
          columnDefs={shown}
          defaultColDef={DEFAULT_COLUMN}
          getRowId={({ data, rowPinned }) => (rowPinned ? "totals" : rowId(data))}
          loading={rows === undefined}
          rowSelection={selection}
          selectionColumnDef={SELECTION_COLUMN}
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
          onColumnMoved={moved}
          onColumnResized={moved}
          onColumnVisible={moved}
          onColumnPinned={moved}
          onSortChanged={moved}
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
