import { useCallback, useEffect, useRef, useState } from "react";
import {
  type Allocation,
  type Commit,
  type CommitResult,
  useCommitAllocationMutation,
  useLazyGetAllocationQuery,
} from "../../../api/generated/api";
import { problemOf } from "../../../api/problems";
import { useAppDispatch, useAppSelector } from "../../../store";
import { commitAnswered, commitSent, type SentCommit, selectDraft } from "../draftSlice";
import { type Decision, decide, found } from "./decisions";

export type CommitState =
  | { kind: "IDLE" }
  | { kind: "SENDING"; attempt: number }
  /** It is not known what became of it. */
  | { kind: "LOOKING_UP"; error: unknown; since: number }
  | { kind: "DONE"; result: CommitResult }
  /** Looked up: the allocation says what came of it. */
  | { kind: "FOUND"; allocation: Allocation }
  /** Looked up: the commit did not take place. */
  | { kind: "NOT_SENT"; error: unknown }
  | { kind: "REFUSED"; error: unknown; decision: Decision };

const MOST_ATTEMPTS = 6;
const REPEAT_MILLISECONDS = 1_000;
const LOOK_UP_MILLISECONDS = 2_000;
const DONE_WITH = ["NOT_FOUND", "PREVIEW_ERASED"];

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The same request under its key; another one under a key of its own. */
export function sendingOf(commit: Commit, sent: SentCommit | undefined, newKey: () => string): SentCommit {
  return sent && JSON.stringify(sent.commit) === JSON.stringify(commit) ? sent : { key: newKey(), commit };
}

/**
 * Commits an allocation once, whatever happens to answers: a commit without an answer is kept with the draft, looked up,
 * and goes again under its key alone. A page that finds one without an answer looks it up, and sends nothing by itself.
 */
export function useCommit(allocationId: string, onEnd: (state: CommitState) => void) {
  const dispatch = useAppDispatch();
  const sent = useAppSelector(selectDraft).sent[allocationId];
  const [state, setState] = useState<CommitState>({ kind: "IDLE" });
  const [trigger] = useCommitAllocationMutation();
  const [read] = useLazyGetAllocationQuery();
  // What runs belongs to one mount for one allocation: of an older one nothing is shown.
  const run = useRef(0);
  const ended = useRef(onEnd);
  useEffect(() => {
    ended.current = onEnd;
  }, [onEnd]);

  const end = useCallback((next: CommitState) => {
    setState(next);
    ended.current(next);
  }, []);

  /** Look at the allocation until it says what became of the commit; true where the same request must go again. */
  const lookUp = useCallback(
    async (mine: number, error: unknown, repeat: boolean): Promise<boolean> => {
      setState({ kind: "LOOKING_UP", error, since: Date.now() });
      for (;;) {
        const answer = await read({ allocationId });
        if (run.current !== mine) return false;
        const code = problemOf(answer.error)?.code;
        if (code && DONE_WITH.includes(code)) {
          dispatch(commitAnswered(allocationId));
          end({ kind: "REFUSED", error: answer.error, decision: decide(answer.error) });
          return false;
        }
        const next = answer.isSuccess ? found(answer.data.status, repeat) : "WAIT";
        if (next === "COMMIT_AGAIN") return true;
        if (next === "NOT_SENT") {
          end({ kind: "NOT_SENT", error });
          return false;
        }
        if (next === "SETTLED" && answer.data) {
          dispatch(commitAnswered(allocationId));
          end({ kind: "FOUND", allocation: answer.data });
          return false;
        }
        await wait(LOOK_UP_MILLISECONDS);
        if (run.current !== mine) return false;
      }
    },
    [read, allocationId, dispatch, end],
  );

  const commit = useCallback(
    async (body: Commit) => {
      run.current += 1;
      const mine = run.current;
      const { key } = sendingOf(body, sent, () => crypto.randomUUID());
      dispatch(commitSent({ allocationId, key, commit: body }));
      for (let attempt = 1; ; attempt += 1) {
        setState({ kind: "SENDING", attempt });
        const answer = await trigger({ allocationId, commit: body, "Idempotency-Key": key });
        if (answer.data || (answer.error && decide(answer.error).answered))
          dispatch(commitAnswered(allocationId));
        if (run.current !== mine) return;
        if (answer.data) return end({ kind: "DONE", result: answer.data });
        const decision = decide(answer.error);
        const repeats = decision.remedy === "REPEAT" && attempt < MOST_ATTEMPTS;
        if (decision.remedy === "LOOK_UP") {
          if (!(await lookUp(mine, answer.error, decision.repeat && attempt < MOST_ATTEMPTS))) return;
        } else if (!repeats) return end({ kind: "REFUSED", error: answer.error, decision });
        await wait(REPEAT_MILLISECONDS);
        if (run.current !== mine) return;
      }
    },
    [allocationId, sent, trigger, lookUp, dispatch, end],
  );

  const wasSent = useRef(sent !== undefined);
  useEffect(() => {
    run.current += 1;
    setState({ kind: "IDLE" });
    if (wasSent.current) void lookUp(run.current, null, false);
    return () => {
      run.current += 1;
    };
  }, [lookUp]);

  const forget = useCallback(() => setState({ kind: "IDLE" }), []);
  return { state, commit, forget, sent };
}
