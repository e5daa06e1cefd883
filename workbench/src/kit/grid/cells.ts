import type { ICellRendererComp, ICellRendererParams } from "ag-grid-community";

/**
 * Cells without React: a grid that scrolls makes and drops hundreds of them each second. What is clicked in them is
 * handled by the grid around them.
 */

/** Attribute of a link inside the product: the route that a click goes to. */
export const ROUTE = "data-route";

/** Address of a route, for a new tab. */
function address(route: string): string {
  return new URL(route.replace(/^\//, ""), document.baseURI).href;
}

export interface LinkOf<Row> {
  route: (row: Row) => string | null;
  text: (row: Row) => string;
  title: (row: Row) => string;
}

/** A link to a page, as `cellRenderer: linkCell(...)`. */
export function linkCell<Row>({ route, text, title }: LinkOf<Row>): new () => ICellRendererComp<Row> {
  return class implements ICellRendererComp<Row> {
    private readonly gui = document.createElement("a");

    init(params: ICellRendererParams<Row>) {
      this.gui.className = "cell-link";
      this.gui.tabIndex = -1;
      this.refresh(params);
    }

    getGui() {
      return this.gui;
    }

    refresh({ data }: ICellRendererParams<Row>) {
      const to = data ? route(data) : null;
      this.gui.textContent = data && to ? text(data) : "";
      if (!data || !to) {
        this.gui.removeAttribute("href");
        return true;
      }
      this.gui.href = address(to);
      this.gui.setAttribute(ROUTE, to);
      this.gui.title = title(data);
      return true;
    }
  };
}

/** The route of a link of a grid that was clicked as links are followed in place; null for every other click. */
export function clickedRoute(event: {
  target: EventTarget;
  button: number;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
}): string | null {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return null;
  return (event.target as Element).closest?.(`a[${ROUTE}]`)?.getAttribute(ROUTE) ?? null;
}
