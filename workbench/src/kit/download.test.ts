import { fileName } from "./download";

test.each([
  [
    'attachment; filename="fairness-ledger-2026-01-01-2026-12-31.csv"',
    "fairness-ledger-2026-01-01-2026-12-31.csv",
  ],
  ["attachment; filename=audit.jsonl", "audit.jsonl"],
  ["attachment", "download"],
  [null, "download"],
])("the name of a file: %s", (header, name) => {
  expect(fileName(header)).toBe(name);
});
