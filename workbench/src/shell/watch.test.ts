import type { Alert, AllocationLine, Job, Order } from "../api/generated/api";
import {
  alertNotices,
  approvalNotices,
  decisionNotices,
  jobNotices,
  orderNotices,
  stopNotices,
} from "./watch";

const order = (changes: Partial<Order> = {}): Order =>
  ({
    order_id: "77",
    side: "BUY",
    security_id: "12740KAA3",
    security_description: "Meridian 4.625 2029",
    quantity: 1_000_000,
    filled_quantity: 0,
    average_price: null,
    status: "Active",
    allocation_state: "PROVISIONAL",
    allocation_status: "SUBMITTED",
    ...changes,
  }) as Order;

const line = (changes: Partial<AllocationLine> = {}): AllocationLine =>
  ({
    allocation_id: "a1",
    status: "PENDING_APPROVAL",
    created_by: "maker",
    side: "SELL",
    security_id: "12740KAA3",
    security_description: "Meridian 4.625 2029",
    total_allocated: 12_000_000,
    ...changes,
  }) as AllocationLine;

const job = (changes: Partial<Job> = {}): Job =>
  ({
    job_id: "j1",
    kind: "blotters.preview",
    state: "RUNNING",
    created_at: "2026-06-30T10:00:00Z",
    done: 12,
    total: 12,
    result: null,
    error: null,
    ...changes,
  }) as Job;

test("a job of the user tells of its end once, and a blotter that is ready leads to it", () => {
  const done = job({ state: "SUCCEEDED", result: "/v1/blotters/b1" });
  expect(jobNotices([job()], [done])).toEqual([
    { severity: "success", message: "A blotter is ready: 12 of 12 lines previewed", to: "/blotters/b1" },
  ]);
  expect(jobNotices([done], [done])).toEqual([]);
  expect(jobNotices(undefined, [done])).toEqual([]);
  expect(jobNotices([], [done])).toHaveLength(1);
});

test("jobs that failed or were cancelled say so; one that only came into sight does not", () => {
  const error = { code: "JOB_REFUSED" as const, reason: "No line from 3 on was sent." };
  expect(jobNotices([job()], [job({ kind: "blotters.commit", state: "FAILED", error })])).toEqual([
    { severity: "error", message: "Commit a blotter: failed. No line from 3 on was sent.", to: "/jobs" },
  ]);
  expect(jobNotices([job()], [job({ state: "ABORTED", done: 3 })])).toEqual([
    { severity: "info", message: "Preview a blotter: cancelled after 3 of 12 lines", to: "/jobs" },
  ]);
  const older = job({ job_id: "j0", state: "FAILED", created_at: "2026-06-29T10:00:00Z" });
  expect(jobNotices([job()], [job(), older])).toEqual([]);
});

test("nothing is told of the first answer", () => {
  expect(orderNotices(undefined, [order({ filled_quantity: 1_000_000 })])).toEqual([]);
  expect(approvalNotices(undefined, [line()], "other")).toEqual([]);
  expect(decisionNotices(undefined, [line({ status: "REJECTED" })])).toEqual([]);
  expect(stopNotices(undefined, { trading: "STOPPED", reason: null })).toEqual([]);
});

test("an order tells of its first fill and its last, not of those between", () => {
  const some = order({ filled_quantity: 300_000 });
  const more = order({ filled_quantity: 600_000 });
  const all = order({ filled_quantity: 1_000_000, average_price: 99.6725 });
  expect(orderNotices([order()], [some])).toEqual([
    {
      severity: "info",
      message: "Order 77 (Buy Meridian 4.625 2029) is partly filled: 300,000 of 1,000,000",
      to: "/orders/77",
    },
  ]);
  expect(orderNotices([some], [more])).toEqual([]);
  expect(orderNotices([more], [all])).toEqual([
    {
      severity: "success",
      message: "Order 77 (Buy Meridian 4.625 2029) is filled: 1,000,000 at 99.6725",
      to: "/orders/77",
    },
  ]);
  expect(orderNotices([all], [{ ...all, allocation_state: "OF_RECORD" }])).toEqual([]);
});

test("an order that ends otherwise says how", () => {
  const messages = (now: Partial<Order>) =>
    orderNotices([order({ filled_quantity: 300_000 })], [order({ filled_quantity: 300_000, ...now })]).map(
      ({ severity, message }) => [severity, message],
    );
  expect(
    messages({ allocation_state: "OF_RECORD", allocation_status: "CANCELLED", status: "Canceled" }),
  ).toEqual([["warning", "Order 77 (Buy Meridian 4.625 2029) was cancelled with 300,000 filled"]]);
  expect(
    messages({ allocation_state: "OF_RECORD", allocation_status: "FAILED", status: "Rejected" }),
  ).toEqual([["error", "Order 77 (Buy Meridian 4.625 2029) was refused: Rejected"]]);
  expect(messages({ allocation_state: "DIFFERENT" })).toEqual([
    ["error", "Order 77 (Buy Meridian 4.625 2029) differs from what Aladdin has booked"],
  ]);
});

test("many first fills at once are one notice", () => {
  const ids = ["1", "2", "3", "4"];
  const before = ids.map((order_id) => order({ order_id }));
  const now = ids.map((order_id) => order({ order_id, filled_quantity: 5_000 }));
  expect(orderNotices(before, now)).toEqual([
    { severity: "info", message: "4 of your orders have first fills", to: "/orders" },
  ]);
});

test("an approval is wanted of others, not of who made the preview", () => {
  expect(approvalNotices([], [line()], "other")).toEqual([
    {
      severity: "warning",
      message: "Approval wanted: Sell 12,000,000 of Meridian 4.625 2029, by maker",
      to: "/approvals?allocation=a1",
    },
  ]);
  expect(approvalNotices([], [line()], "maker")).toEqual([]);
  expect(approvalNotices([line()], [line()], "other")).toEqual([]);
});

test("who asked hears what was decided, and nothing of an own withdrawal", () => {
  const told = (status: AllocationLine["status"]) =>
    decisionNotices([line()], [line({ status })]).map(({ severity, message }) => [severity, message]);
  expect(told("SUBMITTED")).toEqual([
    ["success", "Approved and sent: Sell 12,000,000 of Meridian 4.625 2029"],
  ]);
  expect(told("REJECTED")).toEqual([["warning", "Rejected: Sell 12,000,000 of Meridian 4.625 2029"]]);
  expect(told("PREVIEWED")).toEqual([]);
  expect(told("PENDING_APPROVAL")).toEqual([]);
});

test("the emergency stop, on and off", () => {
  const open = { trading: "OPEN" as const, reason: null };
  const stopped = {
    trading: "STOPPED" as const,
    reason: "Trading is halted: anna stopped it. Reason: Wrong prices",
  };
  expect(stopNotices(open, stopped)).toEqual([
    { severity: "error", message: "Trading is halted: anna stopped it. Reason: Wrong prices", to: "/system" },
  ]);
  expect(stopNotices(stopped, open)).toEqual([
    { severity: "success", message: "Trading is open again: orders may leave", to: "/system" },
  ]);
  expect(stopNotices(open, open)).toEqual([]);
});

const alert = (changes: Partial<Alert> = {}): Alert =>
  ({
    alert_id: "x1",
    rule: "ORDER_UNKNOWN",
    severity: "WARNING",
    text: "It is not known whether Aladdin has the order.",
    link: "/allocations/a1",
    ...changes,
  }) as Alert;

test("of alerts that were there at first, or before, nothing is told", () => {
  expect(alertNotices(undefined, [alert()])).toEqual([]);
  expect(alertNotices([alert()], [alert()])).toEqual([]);
});

test("an alert that is new or has become worse is told with its page", () => {
  const told = {
    message: "It is not known whether Aladdin has the order.",
    to: "/allocations/a1",
    isAlert: true,
  };
  expect(alertNotices([], [alert()])).toEqual([{ severity: "warning", ...told }]);
  expect(alertNotices([alert()], [alert({ severity: "CRITICAL" })])).toEqual([
    { severity: "error", ...told },
  ]);
  const [pageless] = alertNotices([], [alert({ link: null })]);
  expect(pageless?.to).toBe("/alerts/x1");
});

test("a stop of trading has its own notice, and many alerts become one", () => {
  expect(alertNotices([], [alert({ rule: "TRADING_STOPPED" })])).toEqual([]);
  const many = ["1", "2", "3", "4"].map((alert_id) => alert({ alert_id }));
  expect(alertNotices([], many)).toEqual([
    { severity: "warning", message: "4 new alerts", to: "/alerts", isAlert: true },
  ]);
});
