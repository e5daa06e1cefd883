import { useCallback, useState } from "react";
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

function useReason(allocation: Allocation, now: Omit<Readiness, "mayCommit" | "trading">): string | null {
  const { data: status } = useGetSystemStatusQuery();
  const mayCommit = usePermission("allocations:commit");
  return reasonAgainst(allocation, { ...now, mayCommit, trading: status?.trading ?? null });
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
  const [read] = useLazyGetAllocationQuery();
  const isOver = usePassed(allocation.expires_at);
  const tell = useTold(id);

  const reload = useCallback(async () => {
    const answer = await read({ allocationId: id });
    if (answer.isSuccess) onShow(answer.data);
  }, [read, id, onShow]);
  const ended = useCallback(
    (state: CommitState) => {
      tell(state);
      if (state.kind === "DONE" || state.kind === "FOUND") void reload();
      if (state.kind === "DONE" && state.result.status !== "FAILED") onCommitted?.();
    },
    [tell, reload, onCommitted],
  );
  const { state, commit, forget } = useCommit(id, ended);
  const send = useCallback(
    (body: Commit) => {
      setLast(body);
      commit(body);
    },
    [commit],
  );

  const openWarnings = open(allocation.warnings, acknowledged).length;
  const overrides = overridden === id && openWarnings > 0;
  const isBusy = state.kind === "SENDING" || state.kind === "LOOKING_UP" || waiting;
  const reason = useReason(allocation, {
    refused: state.kind === "REFUSED" && state.decision.remedy === "NEW_PREVIEW",
    busy: isBusy,
    isOver,
    openWarnings,
    overridden: overrides,
  });
  return {
    state,
    reason,
    isOver,
    openWarnings,
    overrides,
    setOverrides: (on: boolean) => setOverridden(on ? id : null),
    isBusy,
    isPreview: allocation.status === "PREVIEWED" && state.kind !== "DONE" && state.kind !== "FOUND",
    send,
    again: () => send(last),
    openAgain: () => {
      forget();
      void reload();
    },
  };
}
