/** An event of a stream (HTML, section 9.2): its id, which the next request names, and its data. */
export interface ServerEvent {
  id: string | null;
  data: string;
}

/** Reads a stream in the pieces in which it comes; comments and events without data are passed over. */
export function eventReader(): (piece: string) => ServerEvent[] {
  let rest = "";
  return (piece) => {
    const blocks = (rest + piece).split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => {
      const fields = block.split(/\r?\n/).map((line) => /^(id|data): ?(.*)$/.exec(line));
      const all = (name: string) => fields.flatMap((field) => (field?.[1] === name ? [field[2] ?? ""] : []));
      const data = all("data");
      return data.length === 0 ? [] : [{ id: all("id")[0] ?? null, data: data.join("\n") }];
    });
  };
}
