import { againstApproval, barred, openWarnings } from "./fourEyes";

const waiting = (needed_for: ("ABOVE_NOTIONAL" | "WARNINGS")[] = ["ABOVE_NOTIONAL"]) =>
  ({
    created_by: "maker",
    evidence_breaks: [],
    warnings: [{ warning_id: "w1" }, { warning_id: "w2" }],
    approval: { requested_by: "asker", needed_for },
  }) as unknown as Parameters<typeof barred>[0];
const now = { username: "other", mayApprove: true, trading: "OPEN" as const, acknowledged: [] as string[] };

test("who asked for a commit, and who made its preview, do not decide on it", () => {
  expect(barred(waiting(), { ...now, username: "asker" })).toBe(
    "You asked for this commit: another user has to decide.",
  );
  expect(barred(waiting(), { ...now, username: "maker" })).toBe(
    "You made this preview: another user has to decide.",
  );
  expect(barred(waiting(), { ...now, mayApprove: false })).toBe(
    "You have no permission to decide (allocations:approve).",
  );
  expect(barred(waiting(), now)).toBeNull();
});

test("warnings are acknowledged again only where they are the reason", () => {
  expect(openWarnings(waiting(), [])).toEqual([]);
  expect(openWarnings(waiting(["WARNINGS"]), ["w1"])).toEqual(["w2"]);
  expect(againstApproval(waiting(["WARNINGS"]), now)).toBe("Acknowledge 2 more warnings.");
  expect(againstApproval(waiting(["WARNINGS"]), { ...now, acknowledged: ["w1", "w2"] })).toBeNull();
});

test("nothing is approved while trading is stopped, or on broken evidence", () => {
  expect(againstApproval(waiting(), { ...now, trading: "STOPPED" })).toBe(
    "Trading is stopped: no order is sent.",
  );
  const broken = { ...waiting(), evidence_breaks: [{}] } as unknown as Parameters<typeof barred>[0];
  expect(againstApproval(broken, now)).toBe(
    "What is stored of it is not as the audit trail has it. Reject it.",
  );
});
