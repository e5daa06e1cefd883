/** Undo and redo of the amounts of a grid: cells, pasted lists and buttons alike. */
export interface History<T> {
  past: readonly T[];
  future: readonly T[];
}

const MOST = 100;

export const noHistory = { past: [], future: [] } as const;

export function changed<T>(history: History<T>, before: T): History<T> {
  return { past: [...history.past, before].slice(-MOST), future: [] };
}

/** The state before the last change, and the history then; null where there is none. */
export function undone<T>(history: History<T>, now: T): { state: T; history: History<T> } | null {
  const state = history.past.at(-1);
  if (state === undefined) return null;
  return { state, history: { past: history.past.slice(0, -1), future: [now, ...history.future] } };
}

export function redone<T>(history: History<T>, now: T): { state: T; history: History<T> } | null {
  const [state, ...future] = history.future;
  if (state === undefined) return null;
  return { state, history: { past: [...history.past, now], future } };
}
