/** Text of a spreadsheet's clipboard: tabs between cells, lines between rows, numbers without any marks. */

/** What a spreadsheet takes for the beginning of a formula, also behind blanks that it cuts off. */
const FORMULA = /^\s*[=+\-@]/;

/**
 * A value as a spreadsheet reads it. Tabs and line breaks inside a text would begin new cells, and become blanks; a
 * quote at its begin would swallow the cells behind it; a formula stays a text by an apostrophe, as in CSV.
 */
function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const text = value.replace(/[\t\r\n]+/g, " ");
  if (text.startsWith('"')) return `"${text.replaceAll('"', '""')}"`;
  return FORMULA.test(text) ? `'${text}` : text;
}

export function toTsv(rows: readonly (readonly unknown[])[]): string {
  return rows.map((row) => row.map(cell).join("\t")).join("\n");
}

/** Rows and cells of pasted text: by tabs, else by commas or semicolons; cells in quotes may hold any of them. */
export function fromPasted(text: string): string[][] {
  const separator = text.includes("\t") ? "\t" : text.includes(";") ? ";" : ",";
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let quoted = false;
  const endField = () => {
    row.push(field.trim());
    field = "";
  };
  const endRow = () => {
    endField();
    if (row.some((value) => value !== "")) rows.push(row);
    row = [];
  };
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i];
    if (quoted) {
      if (char === '"' && text[i + 1] === '"') {
        field += '"';
        i += 1;
      } else if (char === '"') quoted = false;
      else field += char;
    } else if (char === '"' && field.trim() === "") {
      field = "";
      quoted = true;
    } else if (char === separator) endField();
    else if (char === "\n" || char === "\r") endRow();
    else field += char;
  }
  endRow();
  return rows;
}
