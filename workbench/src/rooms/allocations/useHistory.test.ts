import type { AllocationLine } from "../../api/generated/api";
import { joined } from "./useHistory";

const row = (allocation_id: string) => ({ allocation_id }) as AllocationLine;

test("a row that moved from the first page to the next is shown once", () => {
  const rows = joined([row("d"), row("c"), row("b")], [row("b"), row("a")]);
  expect(rows.map(({ allocation_id }) => allocation_id)).toEqual(["d", "c", "b", "a"]);
});

test("without older rows the first page stays the same array", () => {
  const first = [row("a")];
  expect(joined(first, [])).toBe(first);
});
