import { count } from "../../kit/format";
import { COLUMN, columnOf } from "./columns";
import { MOST_LINES, type Placed } from "./lines";

/** What became of pasted rows. */
export function placedInWords(found: Placed): string {
  if ("unknown" in found)
    return `Nothing was taken: there is no column for ${found.unknown.join(", ")}. The template has the columns.`;
  if ("tooMany" in found)
    return `Nothing was taken: a blotter has at most ${count(MOST_LINES)} lines, and these would be ${count(found.tooMany)}.`;
  if (found.count === 0) return "There is nothing to paste.";
  return found.count === 1 ? "1 row taken." : `${count(found.count)} rows taken.`;
}

/** An error of a file by its row and column: `file.7.quantity` is the face on row 7. */
export function fileFaultInWords(field: string, message: string): string {
  const [part, row, ...rest] = field.split(".");
  if (part !== "file" || row === undefined) return part === "file" ? message : `${field}: ${message}`;
  const column = rest.join(".");
  const name = columnOf(column);
  const header = name ? COLUMN[name].header : column;
  return `Row ${row}${header ? `, ${header}` : ""}: ${message}`;
}

/** What a check found, in a sentence. */
export function checkedInWords(lines: number, faults: number): string {
  if (faults > 0)
    return faults === 1 ? "1 error. Nothing was sent." : `${count(faults)} errors. Nothing was sent.`;
  return lines === 1 ? "1 line is good." : `All ${count(lines)} lines are good.`;
}

export function toCheckInWords(lines: number): string {
  return lines === 1 ? "1 line to check" : `${count(lines)} lines to check`;
}
