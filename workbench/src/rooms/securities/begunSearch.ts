/** What was typed into the field for a bond before its search was loaded, and whether the field has the focus. */
export interface BegunSearch {
  text: string;
  focused: boolean;
}

let begun: BegunSearch | null = null;

export function noteBegunSearch(change: Partial<BegunSearch>): void {
  begun = { text: "", focused: false, ...begun, ...change };
}

/** Take it, once: the search goes on with it. */
export function takeBegunSearch(): BegunSearch | null {
  const taken = begun;
  begun = null;
  return taken;
}
