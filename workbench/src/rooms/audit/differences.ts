export type Change = "SAME" | "CHANGED" | "ADDED" | "REMOVED";

export interface Difference {
  /** Where it stands, such as parameters.weights.ACC001. */
  path: string;
  before: string | null;
  after: string | null;
  change: Change;
}

type State = Record<string, unknown> | null;

/** Rows of evidence stand in a record's `after` under this name, and are shown as tables. */
export const ROWS = "rows";

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function flat(value: unknown, path: string, into: Map<string, string>): Map<string, string> {
  if (isObject(value) && Object.keys(value).length > 0) {
    for (const [name, inner] of Object.entries(value)) flat(inner, path ? `${path}.${name}` : name, into);
  } else if (Array.isArray(value) && value.some((each) => typeof each === "object" && each !== null)) {
    value.forEach((inner, place) => {
      flat(inner, `${path}[${place}]`, into);
    });
  } else {
    into.set(path, typeof value === "string" ? value : JSON.stringify(value));
  }
  return into;
}

function fields(state: State): Map<string, string> {
  if (state === null) return new Map();
  const { [ROWS]: _rows, ...rest } = state;
  return Object.keys(rest).length === 0 ? new Map() : flat(rest, "", new Map());
}

/** Every value of the state before and after, by its path: those of after in their order, then what is gone. */
export function differences(before: State, after: State): Difference[] {
  const old = fields(before);
  const now = fields(after);
  return [...new Set([...now.keys(), ...old.keys()])].map((path) => {
    const was = old.get(path) ?? null;
    const is = now.get(path) ?? null;
    const change = was === is ? "SAME" : was === null ? "ADDED" : is === null ? "REMOVED" : "CHANGED";
    return { path, before: was, after: is, change };
  });
}

export interface EvidenceBlock {
  table: string;
  columns: string[];
  values: (string | null)[][];
  whole: boolean;
}

/** The rows that a record has of tables; none where it has none. */
export function evidenceBlocks(after: State): EvidenceBlock[] {
  const rows = after?.[ROWS];
  if (!isObject(rows)) return [];
  return Object.entries(rows).map(([table, block]) => ({
    table,
    ...(block as Omit<EvidenceBlock, "table">),
  }));
}
