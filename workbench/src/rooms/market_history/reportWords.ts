/** What the report on an import says, in words. */
import type { FieldError, ImportFindingKind, MarketImportReport } from "../../api/generated/api";
import { count } from "../../kit/format";

export const FINDINGS: Record<ImportFindingKind, string> = {
  DUPLICATE: "Day twice",
  NOT_POSITIVE: "Price not above 0",
  FUTURE_DATE: "Day in the future",
  UNSORTED: "Out of order",
  JUMP: "Jump of the price",
  GAP: "Gap",
  OUT_OF_RANGE: "Outside low and high",
  CORRECTION: "Correction",
};

const CELL = /^file\.(\d+)(?:\.(.+))?$/;

/** Where in the file something stands, `file.7.close`; the header is row 1. */
export function placeWords(field: string | null): string {
  const found = field === null ? null : CELL.exec(field);
  if (!found) return field === null || field === "file" ? "" : field;
  return `Row ${found[1]}${found[2] ? `, ${found[2]}` : ""}`;
}

/** A cell that cannot be read, in a sentence. */
export function cellFaultWords({ field, message }: FieldError): string {
  const place = placeWords(field);
  return place ? `${place}: ${message}` : message;
}

const rows = (number: number) => `${count(number)} ${number === 1 ? "row" : "rows"}`;

/** What became of a file, or would become. A file with refused findings is imported as a whole or not at all. */
export function reportWords(report: MarketImportReport): string {
  const { refused_count: refused, row_count, new_count, corrected_count, unchanged_count, dry_run } = report;
  if (refused > 0)
    return `Nothing can be imported: ${count(refused)} ${refused === 1 ? "finding" : "findings"} must be mended first.`;
  const parts = `${count(new_count)} new, ${count(corrected_count)} that correct stored ones, ${count(unchanged_count)} as they are stored`;
  return dry_run
    ? `Good: ${rows(row_count)} can be imported: ${parts}. Nothing is stored yet.`
    : `Imported ${rows(row_count)}: ${parts}.`;
}
