import { useCallback, useEffect, useState } from "react";
import {
  type Allocation,
  type Commit,
  useGetSystemStatusQuery,
  useLazyGetAllocationQuery,
} from "../../../api/generated/api";
import { usePermission } from "../../../session/usePermission";
import { noticed } from "../../../shell/noticesSlice";
import { useAppDispatch } from "../../../store";
import { usePassed } from "../preview/useSecondsLeft";
import { open } from "../view/warnings";
import { outcomeOf } from "./CommitOutcome";
import type { CommitState } from "./commitRun";
import { type Readiness, reasonAgainst } from "./confirmation";
import { STATUS_IN_WORDS } from "./decisions";
import { useCommit } from "./useCommit";

/** Whether a commit has come to its end, so that there is no preview any more. */
function isOver(state: CommitState): boolean {
  return state.kind === "DONE" || state.kind === "FOUND";
}

/** Whether a commit was made, or waits for its approval. */
function committedBy(state: CommitState): boolean {
  if (state.kind === "DONE") return state.result.status !== "FAILED";
  return (
    state.kind === "FOUND" &&
    (state.allocation.status === "SUBMITTED" || state.allocation.status === "PENDING_APPROVAL")
  );
}

/** Tells the end of a commit as a notice, which stays when its page is left. */
function useTold(allocationId: string) {
  const dispatch = useAppDispatch();
  return useCallback(
    (state: CommitState) => {
      const to = `/allocations/${allocationId}`;
      if (state.kind === "DONE") {
        const { severity, title } = outcomeOf(state.result.status);
        dispatch(noticed({ severity, message: title, to }));
      } else if (state.kind === "FOUND")
        dispatch(noticed({ severity: "info", message: STATUS_IN_WORDS[state.allocation.status], to }));
    },
    [dispatch, allocationId],
  );
}

function useReload(allocationId: string, onShow: (allocation: Allocation) => void) {
  const [read] = useLazyGetAllocationQuery();
  return useCallback(async () => {
    const answer = await read({ allocationId });
    if (answer.isSuccess) onShow(answer.data);
  }, [read, allocationId, onShow]);
}

function useReason(allocation: Allocation, now: Omit<Readiness, "mayCommit" | "trading">): string | null {
  const { data: status } = useGetSystemStatusQuery();
  const mayCommit = usePermission("allocations:commit");
  return reasonAgainst(allocation, { ...now, mayCommit, trading: status?.trading ?? null });
}

/** The commit of an allocation: what is told when it ends, until the allocation itself says what came of it. */
function useTrackedCommit(
  allocation: Allocation,
  onShow: (allocation: Allocation) => void,
  onCommitted?: () => void,
) {
  const { allocation_id: id, status } = allocation;
  const tell = useTold(id);
  const reload = useReload(id, onShow);
  const ended = useCallback(
    (state: CommitState) => {
      tell(state);
      if (isOver(state)) void reload();
      if (committedBy(state)) onCommitted?.();
    },
    [tell, reload, onCommitted],
  );
  const { state, commit, forget } = useCommit(id, ended);
  const isStored = isOver(state) && status !== "PREVIEWED";
  useEffect(() => {
    if (isStored) forget();
  }, [isStored, forget]);
  const openAgain = () => {
    forget();
    void reload();
  };
  return { state, commit, openAgain };
}

/** The commit of an allocation as its page sees it: where it stands, and why it cannot be made now. */
export function useAtWork(
  allocation: Allocation,
  acknowledged: readonly string[],
  waiting: boolean,
  onShow: (allocation: Allocation) => void,
  onCommitted?: () => void,
) {
  const { allocation_id: id } = allocation;
  // Of another preview nothing is overridden.
  const [overridden, setOverridden] = useState<string | null>(null);
  const [last, setLast] = useState<Commit>({});
  const { state, commit, openAgain } = useTrackedCommit(allocation, onShow, onCommitted);
  const hasExpired = usePassed(allocation.expires_at);
  const openWarnings = open(allocation.warnings, acknowledged).length;
  const overrides = overridden === id && openWarnings > 0;
  const isBusy = state.kind === "SENDING" || state.kind === "LOOKING_UP" || waiting;
  const isOld = state.kind === "REFUSED" && state.decision.remedy === "NEW_PREVIEW";
  const reason = useReason(allocation, {
    refused: isOld,
    busy: isBusy,
    hasExpired,
    openWarnings,
    overridden: overrides,
  });
  const send = (body: Commit) => {
    setLast(body);
    commit(body);
  };
  return {
    state,
    reason,
    isOld,
    hasExpired,
    openWarnings,
    overrides,
    setOverrides: (on: boolean) => setOverridden(on ? id : null),
    isBusy,
    isPreview: allocation.status === "PREVIEWED" && !isOver(state),
    send,
    again: () => send(last),
    openAgain,
  };
}
