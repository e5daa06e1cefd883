import { Box, Stack } from "@mui/material";
import { visuallyHidden } from "@mui/utils";
import {
  AllCommunityModule,
  type ColDef,
  type GetRowIdParams,
  type GridApi,
  type GridOptions,
  ModuleRegistry,
  type RowSelectionOptions,
  type SelectionColumnDef,
} from "ag-grid-community";
import { AgGridReact } from "ag-grid-react";
import { type MouseEvent, type ReactNode, useCallback, useMemo, useState } from "react";
import { useNavigate } from "react-router-dom";
import { useAppearance } from "../../rooms/preferences/useAppearance";
import { Loading } from "../states";
import { ColumnsMenu } from "./ColumnsMenu";
import { clickedRoute } from "./cells";
import { GRID_STYLE, GRID_THEMES } from "./gridTheme";
import { PlainGrid } from "./PlainGrid";
import { actionsColumn, type OpenMenu, type RowAction, RowMenu } from "./RowMenu";
import { useGridEvents } from "./useGridEvents";
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
const SELECTION: RowSelectionOptions = { mode: "multiRow", headerCheckbox: true, selectAll: "filtered" };

/** Without rows there is nothing to scroll to, and nothing in it that a keyboard could reach. */
const UNREAD = { "& .ag-grid-viewport": { overflow: "hidden !important" } };

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
  gridOptions?: GridOptions<Row>;
  /** Rows without React, for a table that changes while it scrolls: its cells are text, or those of cells.ts. */
  plain?: boolean;
}

/** Every table that is sorted, filtered or copied. Ctrl+C copies chosen rows, or the cell, as tabs with plain numbers. */
export default function DataGrid<Row>(props: DataGridProps<Row>) {
  const { label, menu, layout, toolbar, instead, totals, totalsText, height } = props;
  const kept = useLayout<Row>(layout);
  const [api, setApi] = useState<GridApi<Row> | null>(null);
  const [opened, setOpened] = useState<OpenMenu<Row> | null>(null);
  return (
    <Box>
      {(toolbar || layout) && (
        <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", alignItems: "center", gap: 1, mb: 1 }}>
          {toolbar}
          {layout && <ColumnsMenu api={instead ? null : api} onReset={() => api && kept.reset(api)} />}
        </Stack>
      )}
      {instead ||
        (kept.ready ? (
          <Rows {...props} kept={kept} onApi={setApi} onMenu={setOpened} />
        ) : (
          <Loading label={`Loading ${label}`} height={height} />
        ))}
      {opened && menu && (
        <RowMenu
          menu={opened}
          label={`Actions of ${menu.name(opened.row)}`}
          actions={menu.actions(opened.row)}
          onClose={() => setOpened(null)}
        />
      )}
      {totalsText && !instead && (
        <Box component="p" role="status" sx={totals ? visuallyHidden : { my: 0.5, color: "text.secondary" }}>
          {totalsText}
        </Box>
      )}
    </Box>
  );
}

interface RowsProps<Row> extends DataGridProps<Row> {
  kept: ReturnType<typeof useLayout<Row>>;
  onApi: (api: GridApi<Row>) => void;
  onMenu: (menu: OpenMenu<Row>) => void;
}

function Rows<Row>(props: RowsProps<Row>) {
  const { rows, columns, rowId, onSelect, totals, height, emptyText, quickFilter, menu, gridOptions } = props;
  const { density } = useAppearance();
  const navigate = useNavigate();
  const events = useGridEvents<Row>(props);
  const name = menu?.name;
  const shown = useMemo(() => (name ? [...columns, actionsColumn<Row>(name)] : columns), [columns, name]);
  const follow = (event: MouseEvent) => {
    const route = clickedRoute(event);
    if (route === null) return;
    event.preventDefault();
    navigate(route);
  };
  const getRowId = useCallback(
    ({ data, rowPinned }: GetRowIdParams<Row>) => (rowPinned ? "totals" : rowId(data)),
    [rowId],
  );
  const pinned = useMemo(() => (totals ? [totals as Row] : undefined), [totals]);
  const options: GridOptions<Row> = {
    theme: GRID_THEMES[density],
    styleNonce: NONCE,
    rowData: rows as Row[] | undefined,
    columnDefs: shown,
    defaultColDef: DEFAULT_COLUMN,
    getRowId,
    loading: rows === undefined,
    rowSelection: onSelect && SELECTION,
    selectionColumnDef: SELECTION_COLUMN,
    preventDefaultOnContextMenu: menu !== undefined,
    domLayout: height === undefined ? "autoHeight" : "normal",
    pinnedBottomRowData: pinned,
    quickFilterText: quickFilter,
    overlayNoRowsTemplate: `<span>${emptyText ?? "No rows"}</span>`,
    animateRows: false,
    suppressDragLeaveHidesColumns: true,
    enableCellTextSelection: true,
    undoRedoCellEditing: true,
    tooltipShowDelay: 400,
    ...events,
    ...gridOptions,
  };
  return (
    <Box sx={{ height, ...GRID_STYLE, ...(rows ? {} : UNREAD) }} onClick={follow}>
      {props.plain ? <PlainGrid<Row> options={options} /> : <AgGridReact<Row> {...options} />}
    </Box>
  );
}
