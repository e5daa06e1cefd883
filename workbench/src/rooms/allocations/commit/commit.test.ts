import type { Commit, CommitResult, ProblemCode } from "../../../api/generated/api";
import { sampleAllocation } from "../view/sample";
import { type CommitState, lookUp, type Ports, runCommit, sendingOf } from "./commitRun";
import { confirmationInWords, needsApproval, type Readiness, reasonAgainst } from "./confirmation";
import { decide, found } from "./decisions";

function problem(code: ProblemCode, status: number) {
  return { status, data: { code, status, title: "T", detail: "D", request_id: "r", errors: [] } };
}

const LOST = { status: "FETCH_ERROR", error: "" };

test.each<[ProblemCode, number, string, boolean]>([
  ["BOOK_CHANGED", 409, "NEW_PREVIEW", true],
  ["PRICE_MOVED", 409, "NEW_PREVIEW", true],
  ["PREVIEW_EXPIRED", 409, "NEW_PREVIEW", true],
  ["POLICY_CHANGED", 409, "NEW_PREVIEW", true],
  ["EVIDENCE_BROKEN", 409, "NEW_PREVIEW", true],
  ["ALREADY_COMMITTED", 409, "OPEN", true],
  ["WARNINGS_NOT_OVERRIDDEN", 409, "ACKNOWLEDGE", true],
  ["ACCOUNTS_UNSETTLED", 409, "TRY_AGAIN", true],
  ["TRADING_HALTED", 409, "TRY_AGAIN", true],
  ["DESK_BUSY", 503, "REPEAT", false],
  ["SERVICE_BUSY", 503, "REPEAT", false],
  ["IDEMPOTENCY_KEY_IN_USE", 409, "REPEAT", false],
  ["ORDER_OUTCOME_UNKNOWN", 503, "LOOK_UP", false],
  ["VENDOR_UNREACHED", 503, "TRY_AGAIN", false],
  ["VENDOR_TIMED_OUT", 504, "LOOK_UP", false],
  ["VENDOR_ERROR", 502, "LOOK_UP", false],
  ["INTERNAL_ERROR", 500, "LOOK_UP", false],
  ["VENDOR_REJECTED", 422, "STOP", true],
  ["FORBIDDEN", 403, "STOP", false],
  ["UNAUTHENTICATED", 401, "TRY_AGAIN", false],
])("%s with status %d: %s", (code, status, remedy, answered) => {
  expect(decide(problem(code, status))).toEqual({ remedy, answered, repeat: false });
});

test("an answer that is lost, or none of the service, is looked up", () => {
  expect(decide(LOST)).toEqual({ remedy: "LOOK_UP", answered: false, repeat: true });
  expect(decide({ status: 502, data: "<html>" })).toEqual({
    remedy: "LOOK_UP",
    answered: false,
    repeat: false,
  });
});

test.each([
  ["PREVIEWED", true, "COMMIT_AGAIN"],
  ["PREVIEWED", false, "NOT_SENT"],
  ["COMMITTING", true, "WAIT"],
  ["UNKNOWN", false, "WAIT"],
  ["SUBMITTED", true, "SETTLED"],
  ["FAILED", true, "SETTLED"],
  ["PENDING_APPROVAL", false, "SETTLED"],
] as const)("an allocation that is %s, repeat %s: %s", (status, repeat, next) => {
  expect(found(status, repeat)).toBe(next);
});

const DONE = { status: "SUCCESS", allocation_id: "preview-1" } as CommitResult;

/** A service with these answers in turn; what was asked of it is written down. */
function service(commits: unknown[], states: ReturnType<typeof sampleAllocation>["status"][] = []) {
  const asked: string[] = [];
  const shown: CommitState["kind"][] = [];
  const ports: Ports = {
    commit: async (body, key) => {
      asked.push(`commit ${key} ${JSON.stringify(body)}`);
      const answer = commits.shift();
      return answer === DONE ? { data: DONE } : { error: answer };
    },
    read: async () => {
      const status = states.shift();
      asked.push(`read ${status}`);
      return status ? { data: sampleAllocation({ status }) } : { error: LOST };
    },
    wait: async () => {},
    isCurrent: () => asked.length < 20,
    show: (state) => shown.push(state.kind),
    answered: () => asked.push("answered"),
  };
  return { ports, asked, shown };
}

const SENT = { key: "k", commit: { comment: "x" } };

test("a commit that is answered at once is done once", async () => {
  const { ports, asked, shown } = service([DONE]);
  expect(await runCommit(ports, SENT)).toEqual({ kind: "DONE", result: DONE });
  expect(asked).toEqual(['commit k {"comment":"x"}', "answered"]);
  expect(shown).toEqual(["SENDING"]);
});

test("a busy desk is asked again under the same key", async () => {
  const { ports, asked } = service([problem("DESK_BUSY", 503), problem("IDEMPOTENCY_KEY_IN_USE", 409), DONE]);
  expect((await runCommit(ports, SENT)).kind).toBe("DONE");
  expect(asked).toEqual([...Array(3).fill('commit k {"comment":"x"}'), "answered"]);
});

test("a desk that stays busy is refused in the end", async () => {
  const { ports, asked } = service(Array(9).fill(problem("DESK_BUSY", 503)));
  expect(await runCommit(ports, SENT)).toMatchObject({ kind: "REFUSED", decision: { remedy: "REPEAT" } });
  expect(asked).toHaveLength(6);
});

test("a lost answer of a request that never arrived is sent again under the same key", async () => {
  const { ports, asked, shown } = service([LOST, DONE], ["PREVIEWED"]);
  expect((await runCommit(ports, SENT)).kind).toBe("DONE");
  expect(asked).toEqual([
    'commit k {"comment":"x"}',
    "read PREVIEWED",
    'commit k {"comment":"x"}',
    "answered",
  ]);
  expect(shown).toEqual(["SENDING", "LOOKING_UP", "SENDING"]);
});

test("a lost answer of a commit that goes on is awaited, and never sent again", async () => {
  const { ports, asked } = service([LOST], ["COMMITTING", "UNKNOWN", "SUBMITTED"]);
  expect(await runCommit(ports, SENT)).toMatchObject({ kind: "FOUND", allocation: { status: "SUBMITTED" } });
  expect(asked).toEqual([
    'commit k {"comment":"x"}',
    "read COMMITTING",
    "read UNKNOWN",
    "read SUBMITTED",
    "answered",
  ]);
});

test("an unknown outcome is never sent again, even where the preview stands", async () => {
  const { ports, asked } = service([problem("ORDER_OUTCOME_UNKNOWN", 503)], ["UNKNOWN", "PREVIEWED"]);
  expect((await runCommit(ports, SENT)).kind).toBe("NOT_SENT");
  expect(asked.filter((line) => line.startsWith("commit"))).toHaveLength(1);
});

test("while nothing can be reached, looking up goes on", async () => {
  const { ports, asked } = service([LOST]);
  expect((await runCommit(ports, SENT)).kind).toBe("IDLE");
  expect(asked.filter((line) => line === "read undefined")).toHaveLength(19);
});

test("a page that finds a commit without an answer sends nothing", async () => {
  const { ports, asked } = service([], ["PREVIEWED"]);
  expect(await lookUp(ports, null, false)).toEqual({ kind: "NOT_SENT", error: null });
  expect(asked).toEqual(["read PREVIEWED"]);
});

test("the same commit goes under the same key, another one under another", () => {
  const body: Commit = { acknowledge: ["w"] };
  expect(sendingOf({ acknowledge: ["w"] }, { key: "old", commit: body }, () => "new").key).toBe("old");
  expect(sendingOf({ comment: "y" }, { key: "old", commit: body }, () => "new").key).toBe("new");
  expect(sendingOf(body, undefined, () => "new")).toEqual({ key: "new", commit: body });
});

test("what will be sent is stated in full", () => {
  const bond = { description: "UST 4.125 2033", currency: "USD" };
  expect(confirmationInWords(sampleAllocation(), bond)).toBe(
    "Buy 8,000,000 (eight million) face of UST 4.125 2033 (912828AA1) for 2 accounts, settling 2026-12-01, about 7,900,000.25 USD.",
  );
});

test("an approval is announced above the threshold, or for warnings", () => {
  const desk = { approval_above_notional: 7_880_000, approval_for_warnings: false } as Parameters<
    typeof needsApproval
  >[1];
  expect(needsApproval(sampleAllocation(), desk)).toBe(false);
  expect(needsApproval(sampleAllocation({}, { total_notional: 7_880_000.01 }), desk)).toBe(true);
  expect(needsApproval(sampleAllocation(), undefined)).toBe(false);
});

const READY: Readiness = {
  mayCommit: true,
  busy: false,
  refused: false,
  trading: "OPEN",
  hasExpired: false,
  openWarnings: 0,
  overridden: false,
};

test.each<[Partial<Readiness>, string | null]>([
  [{}, null],
  [{ mayCommit: false }, "You have no permission to commit (allocations:commit)."],
  [{ hasExpired: true }, "The preview has expired. Preview again."],
  [{ refused: true }, "This preview is over. Make a new one."],
  [{ trading: "STOPPED" }, "Trading is stopped: no order is sent."],
  [{ trading: "HALTED" }, "Trading is stopped: no order is sent."],
  [{ openWarnings: 1 }, "Acknowledge 1 more warning."],
  [{ openWarnings: 4 }, "Acknowledge 4 more warnings."],
  [{ openWarnings: 4, overridden: true }, null],
  [{ busy: true }, "Wait until the split is computed."],
])("a commit with %o", (given, reason) => {
  expect(reasonAgainst(sampleAllocation(), { ...READY, ...given })).toBe(reason);
});

test("nothing allocated is nothing to send", () => {
  expect(reasonAgainst(sampleAllocation({}, { total_allocated: 0 }), READY)).toBe(
    "Nothing is allocated, so there is nothing to send.",
  );
});
