import { differences, evidenceBlocks } from "./differences";

test("each value by its path, with what became of it", () => {
  expect(
    differences(
      { status: "Open", quantity: 500000, note: null, gone: { a: 1 } },
      {
        status: "Active",
        quantity: 500000,
        note: null,
        weights: { A: 0.25 },
        list: ["x", "y"],
        deep: [{ n: 1 }],
      },
    ),
  ).toEqual([
    { path: "status", before: "Open", after: "Active", change: "CHANGED" },
    { path: "quantity", before: "500000", after: "500000", change: "SAME" },
    { path: "note", before: "null", after: "null", change: "SAME" },
    { path: "weights.A", before: null, after: "0.25", change: "ADDED" },
    { path: "list", before: null, after: '["x","y"]', change: "ADDED" },
    { path: "deep[0].n", before: null, after: "1", change: "ADDED" },
    { path: "gone.a", before: "1", after: null, change: "REMOVED" },
  ]);
});

test("nothing before and nothing after", () => {
  expect(differences(null, null)).toEqual([]);
  expect(differences({}, { rows: {} })).toEqual([]);
});

test("rows of evidence stand by themselves", () => {
  const rows = { orders: { columns: ["status"], values: [["Active"]], whole: false } };
  expect(differences(null, { status: "Active", rows })).toEqual([
    { path: "status", before: null, after: "Active", change: "ADDED" },
  ]);
  expect(evidenceBlocks({ rows })).toEqual([
    { table: "orders", columns: ["status"], values: [["Active"]], whole: false },
  ]);
  expect(evidenceBlocks({ status: "Active" })).toEqual([]);
  expect(evidenceBlocks(null)).toEqual([]);
});
