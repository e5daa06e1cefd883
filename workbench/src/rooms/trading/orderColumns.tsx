import type { ColDef } from "ag-grid-community";
import type { Order } from "../../api/generated/api";
import { date, dateTime, face, price, timeOfDay } from "../../kit/format";
import { linkCell } from "../../kit/grid/cells";
import { idColumn, numberColumn, textColumn } from "../../kit/grid/columns";
import { PAGE_OF } from "../../kit/links";
import { SIDE_CELLS, SIDE_WORDS, sideClass } from "../../kit/Side";
import { filledShare, filledWords, STATE_HELP, STATE_WORDS, statusWords } from "./orderWords";

const bondCell = linkCell<Order>({
  route: (order) => PAGE_OF.security(order.security_id),
  text: (order) => order.security_description ?? order.security_id,
  title: (order) => order.security_id,
});

const FLASH: ColDef<Order> = { enableCellChangeFlash: true };

/** Classes that colour cells; each has its word and sign as well. */
export const ORDER_CELLS = {
  ...SIDE_CELLS,
  "& .state-different": { color: "error.main", fontWeight: 700, bgcolor: "action.hover" },
  // A bar behind the words, without elements of its own: a grid that scrolls draws hundreds of them each second.
  "& .filled": {
    backgroundImage: "linear-gradient(var(--filled-bar), var(--filled-bar))",
    backgroundRepeat: "no-repeat",
    backgroundPosition: "0 4px",
    "--filled-bar": "color-mix(in srgb, var(--mui-palette-primary-main) 22%, transparent)",
  },
} as const;

/** Columns of the blotter, in the order in which a desk reads them. */
export const ORDER_COLUMNS: ColDef<Order>[] = [
  idColumn<Order>("Order", "order", (order) => order.order_id, { width: 96, pinned: "left" }),
  textColumn<Order>("Bond", (order) => order.security_description ?? order.security_id, {
    cellRenderer: bondCell,
    width: 238,
  }),
  textColumn<Order>("Side", (order) => SIDE_WORDS[order.side], {
    width: 64,
    minWidth: 60,
    cellClass: sideClass,
  }),
  numberColumn<Order>("Face", (order) => order.quantity, face, { ...FLASH, width: 92 }),
  numberColumn<Order>("Filled", (order) => order.filled_quantity, face, {
    ...FLASH,
    width: 142,
    valueFormatter: ({ data }) => (data ? filledWords(data) : ""),
    cellClass: "ag-right-aligned-cell filled",
    cellStyle: ({ data }) => ({
      backgroundSize: `${100 * ((data && filledShare(data)) ?? 0)}% calc(100% - 8px)`,
    }),
  }),
  numberColumn<Order>("Avg price", (order) => order.average_price, price, { ...FLASH, width: 90 }),
  textColumn<Order>("Status", (order) => statusWords(order.status), { ...FLASH, width: 94 }),
  textColumn<Order>("Fills are", (order) => STATE_WORDS[order.allocation_state], {
    ...FLASH,
    width: 96,
    cellClass: ({ data }) => (data?.allocation_state === "DIFFERENT" ? "state-different" : undefined),
    tooltipValueGetter: ({ data }) => (data ? STATE_HELP[data.allocation_state] : undefined),
    headerTooltip: "Whether the accounts' fills are final: as Aladdin has booked them",
  }),
  textColumn<Order>("Settlement", (order) => date(order.settlement_date), { width: 106 }),
  textColumn<Order>("CUSIP", (order) => order.security_id, { width: 100 }),
  textColumn<Order>("Groups", (order) => order.portfolio_groups.join(", "), { width: 130 }),
  textColumn<Order>("Created by", (order) => order.created_by, { width: 120 }),
  textColumn<Order>("Created", (order) => order.created_at, {
    width: 170,
    valueFormatter: ({ value }) => dateTime(value as string),
  }),
  textColumn<Order>("Changed", (order) => order.updated_at, {
    width: 100,
    valueFormatter: ({ value }) => timeOfDay(value as string),
  }),
  idColumn<Order>("Allocation", "allocation", (order) => order.allocation_id, { width: 110 }),
];
