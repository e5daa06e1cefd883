import type { ColDef } from "ag-grid-community";
import type { LineStatus, ShownLine } from "../../api/generated/api";
import { count, face } from "../../kit/format";
import { linkCell } from "../../kit/grid/cells";
import { idColumn, numberColumn, textColumn } from "../../kit/grid/columns";
import { PAGE_OF } from "../../kit/links";
import { SIDE_CELLS, SIDE_WORDS, sideClass } from "../../kit/Side";
import { methodName } from "../allocations/method/methods";
import { STATUS_COLOUR } from "../allocations/statusWords";
import { LINE_STATUS, unallocated } from "./blotterWords";

/** Classes that colour cells; each has its word and sign as well. */
export const RESULT_CELLS = {
  ...SIDE_CELLS,
  ...Object.fromEntries(
    Object.entries(STATUS_COLOUR).map(([status, color]) => [
      `& .line-${status as LineStatus}`,
      { color, fontWeight: 600 },
    ]),
  ),
  "& .left-over": { color: "warning.main", fontWeight: 650 },
};

const securityCell = linkCell<ShownLine>({
  route: (line) => PAGE_OF.security(line.security_id),
  text: (line) => line.security_id,
  title: (line) => line.security_id,
});

/** Columns of a blotter's lines, in the order in which a desk reads them. */
export const RESULT_COLUMNS: ColDef<ShownLine>[] = [
  numberColumn<ShownLine>("Line", (line) => line.line, String, { width: 68, minWidth: 60, pinned: "left" }),
  textColumn<ShownLine>("Bond", (line) => line.security_id, { width: 108, cellRenderer: securityCell }),
  textColumn<ShownLine>("Side", (line) => SIDE_WORDS[line.side], {
    width: 72,
    minWidth: 60,
    cellClass: sideClass,
  }),
  numberColumn<ShownLine>("Face", (line) => line.quantity, face, { width: 104 }),
  numberColumn<ShownLine>("Allocated", (line) => line.total_allocated, face, { width: 104 }),
  numberColumn<ShownLine>("Unallocated", unallocated, face, {
    width: 104,
    cellClass: ({ data }) =>
      `ag-right-aligned-cell ${data && (unallocated(data) ?? 0) > 0 ? "left-over" : ""}`,
  }),
  textColumn<ShownLine>("Status", (line) => LINE_STATUS[line.status], {
    width: 124,
    cellClass: ({ data }) => `line-${data?.status}`,
  }),
  numberColumn<ShownLine>("Warnings", (line) => line.warning_count, count, { width: 96 }),
  idColumn<ShownLine>("Preview", "allocation", (line) => line.allocation_id, { width: 96 }),
  idColumn<ShownLine>("Order", "order", (line) => line.order_id, { width: 96 }),
  textColumn<ShownLine>("What is wrong", (line) => line.errors.map(({ message }) => message).join(" "), {
    width: 300,
    tooltipValueGetter: ({ data }) => data?.errors.map(({ message }) => message).join("\n"),
  }),
  textColumn<ShownLine>("Method", (line) => methodName(line.allocation_method), { width: 124 }),
  textColumn<ShownLine>("Groups", (line) => line.portfolio_groups.join(", "), { width: 130 }),
  numberColumn<ShownLine>("Priority", (line) => line.priority, count, { width: 90 }),
];
