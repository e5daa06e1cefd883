import { storedColumns } from "./useLayout";

test("what is stored and is no layout leaves the grid as it is", () => {
  expect(storedColumns(undefined)).toBeNull();
  expect(storedColumns("columns")).toBeNull();
  expect(storedColumns({ colId: "a" })).toBeNull();
  expect(storedColumns([null, 3, { width: 80 }, { colId: "a", width: 80 }])).toEqual([
    { colId: "a", width: 80 },
  ]);
});
