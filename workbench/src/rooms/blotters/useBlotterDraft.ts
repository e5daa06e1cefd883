import { useCallback, useEffect, useRef, useState } from "react";
import { selectUser } from "../../session/sessionSlice";
import { useAppSelector, useAppStore } from "../../store";
import { blankLines, type DraftLine, EMPTY_TERMS, isBlank, type Terms } from "./lines";

const KEY = "allocator.blotter";
/** Lines that a new blotter begins with. */
const FIRST_LINES = 8;
const MOST_UNDONE = 20;
/** Time without a change after which the draft is kept: ten thousand lines are not written with every key. */
const PAUSE_MILLISECONDS = 400;

interface Draft {
  owner: string;
  lines: readonly DraftLine[];
  terms: Terms;
}

function emptyDraft(owner: string): Draft {
  return { owner, lines: blankLines([], FIRST_LINES), terms: EMPTY_TERMS };
}

/** The draft of this user; that of another one is forgotten. */
function storedDraft(owner: string): Draft {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Draft | null;
    return kept?.owner === owner ? kept : emptyDraft(owner);
  } catch {
    return emptyDraft(owner);
  }
}

function store(draft: Draft): void {
  try {
    if (draft.lines.every(isBlank) && draft.terms === EMPTY_TERMS) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(draft));
  } catch {
    // A browser without storage keeps the draft until the page is left.
  }
}

/** The blotter as it is being made. It outlives a reload and a look at other pages. */
export function useBlotterDraft() {
  const owner = useAppSelector(selectUser)?.id ?? "";
  const [draft, setDraft] = useState(() => storedDraft(owner));
  const [past, setPast] = useState<readonly (readonly DraftLine[])[]>([]);
  const latest = useRef(draft);
  useEffect(() => {
    latest.current = draft;
    const timer = setTimeout(() => store(draft), PAUSE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [draft]);
  const session = useAppStore();
  useEffect(
    () => () => {
      // A logout forgets it.
      if (selectUser(session.getState())?.id === owner) store(latest.current);
    },
    [session, owner],
  );
  const { lines } = draft;
  const changeLines = useCallback(
    (next: readonly DraftLine[]) => {
      setPast((before) => [...before.slice(1 - MOST_UNDONE), lines]);
      setDraft((before) => ({ ...before, lines: next }));
    },
    [lines],
  );
  const undo = useCallback(() => {
    const last = past.at(-1);
    if (!last) return;
    setPast(past.slice(0, -1));
    setDraft((before) => ({ ...before, lines: last }));
  }, [past]);
  const changeTerms = useCallback(
    (changes: Partial<Terms>) =>
      setDraft((before) => ({ ...before, terms: { ...before.terms, ...changes } })),
    [],
  );
  const clear = useCallback(() => {
    setPast((before) => [...before, lines]);
    // Whoever clears it may leave the page at once.
    latest.current = emptyDraft(owner);
    setDraft(latest.current);
  }, [lines, owner]);
  return { ...draft, changeLines, changeTerms, undo: past.length > 0 ? undo : null, clear };
}

export type BlotterDraft = ReturnType<typeof useBlotterDraft>;
