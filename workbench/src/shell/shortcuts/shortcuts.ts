import { PAGES } from "../pages";

/** What a key does, as the list on `?` shows it. */
export interface Shortcut {
  keys: string;
  does: string;
}

export const SHORTCUT_EVENT = { proceed: "allocator:proceed" } as const;

export const SHORTCUTS: readonly { title: string; shortcuts: readonly Shortcut[] }[] = [
  {
    title: "Everywhere",
    shortcuts: [
      { keys: "Ctrl K", does: "Find securities, groups, accounts, pages, and anything by its id" },
      { keys: "?", does: "Show this list" },
      { keys: "n", does: "Begin a new order" },
      ...PAGES.map(({ key, title }) => ({ keys: `g ${key}`, does: `Go to ${title}` })),
    ],
  },
  {
    title: "Order",
    shortcuts: [
      { keys: "Ctrl Enter", does: "Go on: next step, preview, then commit" },
      { keys: "Alt 1, Alt 2, Alt 3", does: "Open a step" },
    ],
  },
  {
    title: "Tables",
    shortcuts: [
      { keys: "Arrow keys", does: "Move from cell to cell" },
      { keys: "Enter", does: "Open the row, or edit the cell" },
      { keys: "Space", does: "Choose the row" },
      { keys: "Ctrl C", does: "Copy chosen rows, or the cell, for a spreadsheet" },
      { keys: "Ctrl Z, Ctrl Y", does: "Undo and redo an edit" },
    ],
  },
];

/** What a key press asks for. `pending` is whether `g` came just before. */
export type Action =
  | { kind: "GO"; path: string }
  | { kind: "NEW_ORDER" }
  | { kind: "LIST" }
  | { kind: "WAIT" }
  | null;

export function actionOf(key: string, pending: boolean): Action {
  if (pending) {
    const page = PAGES.find((entry) => entry.key === key);
    return page ? { kind: "GO", path: page.path } : null;
  }
  if (key === "g") return { kind: "WAIT" };
  if (key === "n") return { kind: "NEW_ORDER" };
  if (key === "?") return { kind: "LIST" };
  return null;
}

/** Whether keys go into text here: single letters are then no shortcuts. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target.closest('[role="textbox"], [role="combobox"], [role="listbox"], [role="menu"]')
  ) {
    return true;
  }
  if (target instanceof HTMLInputElement)
    return !["button", "checkbox", "radio", "range", "submit"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
