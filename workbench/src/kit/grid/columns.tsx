import type { ColDef, ValueFormatterParams } from "ag-grid-community";
import { shortId } from "../format";
import { type IdKind, PAGE_OF } from "../links";
import { linkCell } from "./cells";

/** A column of numbers: right-aligned, figures of equal width, formatted for the eye; the value stays a number. */
export function numberColumn<Row>(
  headerName: string,
  field: (row: Row) => number | null | undefined,
  format: (value: number | null | undefined) => string,
  more: ColDef<Row> = {},
): ColDef<Row> {
  return {
    headerName,
    colId: headerName,
    type: "rightAligned",
    filter: "agNumberColumnFilter",
    valueGetter: ({ data }) => (data ? field(data) : null),
    valueFormatter: ({ value }: ValueFormatterParams<Row>) => format(value as number | null | undefined),
    width: 120,
    ...more,
  };
}

/** A column of text. */
export function textColumn<Row>(
  headerName: string,
  field: (row: Row) => string | null | undefined,
  more: ColDef<Row> = {},
): ColDef<Row> {
  return {
    headerName,
    colId: headerName,
    filter: "agTextColumnFilter",
    valueGetter: ({ data }) => (data ? (field(data) ?? "") : ""),
    width: 140,
    ...more,
  };
}

/** A column of ids, each a link to its page. */
export function idColumn<Row>(
  headerName: string,
  of: IdKind,
  field: (row: Row) => string | null | undefined,
  more: ColDef<Row> = {},
): ColDef<Row> {
  return textColumn<Row>(headerName, field, {
    cellRenderer: linkCell<Row>({
      route: (row) => {
        const id = field(row);
        return id ? PAGE_OF[of](id) : null;
      },
      text: (row) => shortId(field(row) ?? ""),
      title: (row) => field(row) ?? "",
    }),
    ...more,
  });
}
