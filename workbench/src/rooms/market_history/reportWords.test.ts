import type { MarketImportReport } from "../../api/generated/api";
import { cellFaultWords, placeWords, reportWords } from "./reportWords";

const report = (more: Partial<MarketImportReport>) =>
  ({
    dry_run: true,
    row_count: 2_520,
    new_count: 2_500,
    corrected_count: 3,
    unchanged_count: 17,
    refused_count: 0,
    ...more,
  }) as MarketImportReport;

test("a finding is placed by the row of the file", () => {
  expect(placeWords("file.7.close")).toBe("Row 7, close");
  expect(placeWords("file.7")).toBe("Row 7");
  expect(placeWords("source")).toBe("source");
  expect(placeWords(null)).toBe("");
});

test("what cannot be read is said with its place", () => {
  expect(cellFaultWords({ field: "file.3.date", message: "A day is expected." })).toBe(
    "Row 3, date: A day is expected.",
  );
  expect(cellFaultWords({ field: "file", message: "Between 1 and 500,000 rows are expected." })).toBe(
    "Between 1 and 500,000 rows are expected.",
  );
});

test("a report says what would become of the file, and what became of it", () => {
  expect(reportWords(report({}))).toBe(
    "Good: 2,520 rows can be imported: 2,500 new, 3 that correct stored ones, 17 as they are stored. Nothing is stored yet.",
  );
  expect(reportWords(report({ dry_run: false }))).toBe(
    "Imported 2,520 rows: 2,500 new, 3 that correct stored ones, 17 as they are stored.",
  );
  expect(reportWords(report({ refused_count: 2 }))).toBe(
    "Nothing can be imported: 2 findings must be mended first.",
  );
  expect(reportWords(report({ refused_count: 1, row_count: 1 }))).toBe(
    "Nothing can be imported: 1 finding must be mended first.",
  );
});
