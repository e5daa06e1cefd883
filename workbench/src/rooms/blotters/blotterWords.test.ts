import type { ShownLine } from "../../api/generated/api";
import {
  commitInWords,
  committable,
  countsInWords,
  linesLeft,
  reasonAgainst,
  restInWords,
  totalsInWords,
  unallocated,
} from "./blotterWords";

const line = (changes: Partial<ShownLine>): ShownLine => ({
  line: 1,
  priority: null,
  security_id: "91282CKF7",
  side: "BUY",
  allocation_method: "PRO_RATA",
  portfolio_groups: ["BIG6"],
  quantity: 5_000_000,
  status: "PREVIEWED",
  allocation_id: "a",
  order_id: null,
  total_allocated: 5_000_000,
  warning_count: 0,
  errors: [],
  ...changes,
});

const LINES = [
  line({}),
  line({ total_allocated: 2_000_000 }),
  line({ side: "SELL", quantity: 1_250_000, total_allocated: 1_250_000 }),
  line({ status: "SUBMITTED" }),
  line({ status: "FAILED", allocation_id: null, total_allocated: null }),
  line({ total_allocated: 0 }),
];

test("a commit sends lines with an open preview that places something", () => {
  const found = committable(LINES);
  expect(found.lines).toHaveLength(3);
  expect(found.BUY).toEqual({ orders: 2, face: 7_000_000 });
  expect(found.SELL).toEqual({ orders: 1, face: 1_250_000 });
  expect(commitInWords(found)).toBe(
    "2 orders to buy 7,000,000 (seven million) face, and 1 order to sell 1,250,000 (one million two hundred fifty thousand) face.",
  );
});

test("face that stays unallocated; unknown without a preview", () => {
  expect(LINES.map(unallocated)).toEqual([0, 3_000_000, 0, 0, null, 5_000_000]);
});

test.each([
  ["FAILED", 2],
  ["READY", 2],
  ["PARTIAL", 2],
  ["PENDING", 0],
  ["RUNNING", 0],
  ["COMMITTING", 0],
] as const)("of a blotter that is %s %i lines can be previewed", (status, left) => {
  const counts = [
    { status: "SUBMITTED" as const, count: 1 },
    { status: "PENDING" as const, count: 2 },
  ];
  expect(linesLeft({ status, lines_by_status: counts })).toBe(left);
  expect(linesLeft({ status, lines_by_status: counts.slice(0, 1) })).toBe(0);
});

test("the lines that are left in words", () => {
  expect(restInWords(1)).toBe("1 line has not been previewed.");
  expect(restInWords(1_200)).toBe("1,200 lines have not been previewed.");
});

test("counts and totals in words", () => {
  expect(
    countsInWords([
      { status: "SUBMITTED", count: 1_200 },
      { status: "FAILED", count: 1 },
    ]),
  ).toBe("1,200 sent, 1 failed");
  expect(totalsInWords(LINES.slice(0, 3))).toBe(
    "3 lines; purchases: 7,000,000 of 10,000,000 face allocated; sales: 1,250,000 of 1,250,000 face allocated",
  );
});

test.each([
  [{}, null],
  [{ mayCommit: false }, "You have no permission to commit (allocations:commit)."],
  [{ status: "RUNNING" as const }, "Wait until the lines are previewed."],
  [{ status: "COMMITTING" as const }, "The lines are being committed."],
  [{ trading: "STOPPED" as const }, "Trading is stopped: no order is sent."],
])("a commit with %o", (changes, reason) => {
  const now = { status: "READY" as const, mayCommit: true, trading: "OPEN" as const, ...changes };
  expect(reasonAgainst(LINES, now)).toBe(reason);
});

test("without an open preview nothing can be committed", () => {
  const now = { status: "COMMITTED" as const, mayCommit: true, trading: "OPEN" as const };
  expect(reasonAgainst([line({ status: "SUBMITTED" })], now)).toBe("No line has an open preview.");
});
