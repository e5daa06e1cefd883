import type { ShownLine, Warning } from "../../api/generated/api";
import { commitBody } from "./commitBody";

const line = (number: number, status: ShownLine["status"], changes: Partial<ShownLine> = {}): ShownLine => ({
  line: number,
  priority: null,
  security_id: "91282CKF7",
  side: "BUY",
  allocation_method: "PRO_RATA",
  portfolio_groups: ["BIG6"],
  quantity: 5_000_000,
  status,
  allocation_id: "a",
  order_id: null,
  total_allocated: 5_000_000,
  warning_count: 0,
  errors: [],
  ...changes,
});

const LINES = [
  line(1, "PREVIEWED"),
  line(2, "SUBMITTED"),
  line(3, "PENDING", { allocation_id: null, total_allocated: null }),
  line(4, "PREVIEWED", { warning_count: 1 }),
  line(5, "EXPIRED"),
  line(6, "PREVIEWED", { total_allocated: 0 }),
];

const FOUND = [{ line: LINES[3] as ShownLine, warnings: [{ warning_id: "w" } as Warning] }];

test("the lines that were open are named, those with warnings that nobody accepts as well", () => {
  const choice = { comment: " Agreed ", overrides: false, accepted: new Set<number>(), found: FOUND };
  expect(commitBody(LINES, choice)).toEqual({
    lines: [1, 4, 6],
    comment: "Agreed",
    override_warnings: false,
    acknowledge: [],
  });
});

test("accepted warnings go along, and none where all are overridden", () => {
  const choice = { comment: "", overrides: false, accepted: new Set([4]), found: FOUND };
  expect(commitBody(LINES, choice).acknowledge).toEqual([{ line: 4, warnings: ["w"] }]);
  expect(commitBody(LINES, { ...choice, overrides: true })).toEqual({
    lines: [1, 4, 6],
    override_warnings: true,
    acknowledge: [],
  });
});
