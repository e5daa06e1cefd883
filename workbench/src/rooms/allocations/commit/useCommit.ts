import { useCallback, useEffect, useRef, useState } from "react";
import {
  type Commit,
  useCommitAllocationMutation,
  useLazyGetAllocationQuery,
} from "../../../api/generated/api";
import { useAppDispatch, useAppSelector } from "../../../store";
import { commitAnswered, commitSent, selectDraft } from "../draftSlice";
import { type CommitState, lookUp, type Ports, runCommit, sendingOf } from "./commitRun";

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Runs one look or commit at a time: of a run that is over, or of another allocation, nothing is shown. */
function useRun(allocationId: string, onEnd: (state: CommitState) => void) {
  const dispatch = useAppDispatch();
  const [state, setState] = useState<CommitState>({ kind: "IDLE" });
  const [trigger] = useCommitAllocationMutation();
  const [read] = useLazyGetAllocationQuery();
  const run = useRef(0);
  const ended = useRef(onEnd);
  useEffect(() => {
    ended.current = onEnd;
  }, [onEnd]);
  const start = useCallback(
    async (work: (ports: Ports) => Promise<CommitState | null>) => {
      run.current += 1;
      const mine = run.current;
      const isCurrent = () => run.current === mine;
      const show = (next: CommitState) => isCurrent() && setState(next);
      const end = await work({
        commit: (commit, key) => trigger({ allocationId, commit, "Idempotency-Key": key }),
        read: async () => {
          const answer = await read({ allocationId });
          return answer.isSuccess ? { data: answer.data } : { error: answer.error };
        },
        wait,
        isCurrent,
        show,
        answered: () => dispatch(commitAnswered(allocationId)),
      });
      if (!isCurrent() || end === null) return;
      show(end);
      ended.current(end);
    },
    [allocationId, trigger, read, dispatch],
  );
  const stop = useCallback(() => {
    run.current += 1;
    setState({ kind: "IDLE" });
  }, []);
  return { state, start, stop };
}

/**
 * Commits an allocation. A commit without an answer is kept with the draft, and goes again under its key alone. A page
 * that finds one when it opens looks it up, and sends nothing by itself.
 */
export function useCommit(allocationId: string, onEnd: (state: CommitState) => void) {
  const dispatch = useAppDispatch();
  const sent = useAppSelector(selectDraft).sent[allocationId];
  const { state, start, stop } = useRun(allocationId, onEnd);
  const unanswered = useRef(sent);
  useEffect(() => {
    unanswered.current = sent;
  }, [sent]);
  useEffect(() => {
    if (unanswered.current) void start((ports) => lookUp(ports, null, false));
    return stop;
  }, [start, stop]);

  const commit = useCallback(
    (body: Commit) => {
      const sending = sendingOf(body, sent, () => crypto.randomUUID());
      dispatch(commitSent({ allocationId, ...sending }));
      void start((ports) => runCommit(ports, sending));
    },
    [allocationId, sent, start, dispatch],
  );
  return { state, commit, forget: stop };
}
