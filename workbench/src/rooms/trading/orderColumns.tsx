import type { ColDef, ICellRendererComp, ICellRendererParams } from "ag-grid-community";
import type { Order } from "../../api/generated/api";
import { date, dateTime, face, price, timeOfDay } from "../../kit/format";
import { linkCell } from "../../kit/grid/cells";
import { idColumn, numberColumn, textColumn } from "../../kit/grid/columns";
import { PAGE_OF } from "../../kit/links";
import { SIDE_CELLS, SIDE_WORDS, sideClass } from "../../kit/Side";
import { filledShare, filledWords, STATE_HELP, STATE_WORDS, statusWords } from "./orderWords";

/** Filled face with a bar behind it. */
class FilledCell implements ICellRendererComp<Order> {
  private readonly gui = document.createElement("span");
  private readonly bar = document.createElement("span");
  private readonly words = document.createElement("span");

  init(params: ICellRendererParams<Order>) {
    this.gui.className = "filled";
    this.bar.className = "filled-bar";
    this.words.className = "filled-words";
    this.gui.append(this.bar, this.words);
    this.refresh(params);
  }

  getGui() {
    return this.gui;
  }

  refresh({ data }: ICellRendererParams<Order>) {
    this.bar.style.transform = `scaleX(${(data && filledShare(data)) ?? 0})`;
    this.words.textContent = data ? filledWords(data) : "";
    return true;
  }
}

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
  "& .filled": { position: "relative", display: "block", overflow: "hidden", textAlign: "right", px: 0.5 },
  "& .filled-bar": {
    position: "absolute",
    inset: "4px 0",
    transformOrigin: "left",
    bgcolor: "primary.main",
    opacity: 0.22,
    borderRadius: "2px",
  },
  "& .filled-words": { position: "relative" },
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
    cellRenderer: FilledCell,
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
