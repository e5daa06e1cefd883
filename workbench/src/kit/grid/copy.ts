import type { GridApi } from "ag-grid-community";
import { toTsv } from "../tsv";
import { ACTIONS } from "./RowMenu";

/**
 * Copy chosen rows with a header, or the focused cell, as tab-separated text. Values are those of the data, so that
 * numbers arrive in a spreadsheet as numbers. AG Grid's own clipboard is part of its Enterprise edition.
 */
export async function copyFromGrid<Row>(api: GridApi<Row>, all = false): Promise<number> {
  const columns = api
    .getAllDisplayedColumns()
    .filter((column) => column.getColDef().headerName && column.getColId() !== ACTIONS);
  const chosen = api.getSelectedNodes();
  const nodes = all ? displayedNodes(api) : chosen;
  const focused = api.getFocusedCell();
  if (nodes.length === 0 && focused) {
    const node = api.getDisplayedRowAtIndex(focused.rowIndex);
    if (!node) return 0;
    await navigator.clipboard.writeText(
      toTsv([[api.getCellValue({ rowNode: node, colKey: focused.column })]]),
    );
    return 1;
  }
  const header = columns.map((column) => column.getColDef().headerName);
  const rows = nodes.map((node) =>
    columns.map((column) => api.getCellValue({ rowNode: node, colKey: column })),
  );
  await navigator.clipboard.writeText(toTsv([header, ...rows]));
  return rows.length;
}

function displayedNodes<Row>(api: GridApi<Row>) {
  const nodes: Parameters<Parameters<typeof api.forEachNodeAfterFilterAndSort>[0]>[0][] = [];
  api.forEachNodeAfterFilterAndSort((node) => nodes.push(node));
  return nodes;
}
