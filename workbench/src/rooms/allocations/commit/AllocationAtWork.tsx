import { Box, Button, Checkbox, FormControlLabel, Stack, Tooltip, Typography } from "@mui/material";
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
import { timeInWords } from "../preview/expiry";
import { useAdjuster } from "../preview/useAdjuster";
import { useSecondsLeft } from "../preview/useSecondsLeft";
import { AllocationView } from "../view/AllocationView";
import { open } from "../view/warnings";
import { StepFooter } from "../wizard/StepFooter";
import type { StepPath } from "../wizard/steps";
import { CommitDialog } from "./CommitDialog";
import { outcomeOf } from "./CommitOutcome";
import { CommitStateNote } from "./CommitStateNote";
import { reasonAgainst } from "./confirmation";
import { STATUS_IN_WORDS } from "./decisions";
import { type CommitState, useCommit } from "./useCommit";

export interface AllocationAtWorkProps {
  allocation: Allocation;
  /** Another allocation is shown instead: an edit of it, or its present state. */
  onShow: (allocation: Allocation) => void;
  /** A new preview of the same inputs, with what edits had fixed. */
  onNewPreview: () => void;
  newPreviewLabel: string;
  making?: boolean;
  acknowledged: readonly string[];
  onAcknowledge: (ids: string[]) => void;
  /** Step before this one, in the wizard. */
  back?: StepPath;
  /** Told when a commit has come to an end. */
  onCommitted?: () => void;
}

/** An allocation with what can be done with it: acknowledge, adjust, commit, preview again. */
export function AllocationAtWork(props: AllocationAtWorkProps) {
  const { allocation, onShow, onNewPreview, acknowledged, making = false, onCommitted } = props;
  const { allocation_id: id } = allocation;
  const [asking, setAsking] = useState(false);
  const [overridden, setOverridden] = useState(false);
  const [last, setLast] = useState<Commit>({});
  const [read] = useLazyGetAllocationQuery();
  const mayOverride = usePermission("allocations:override-warnings");
  const mayPreview = usePermission("allocations:preview");
  const adjuster = useAdjuster(allocation, onShow);
  const left = useSecondsLeft(allocation.expires_at);

  const reload = useCallback(async () => {
    const answer = await read({ allocationId: id });
    if (answer.isSuccess) onShow(answer.data);
  }, [read, id, onShow]);
  const tell = useTold(id, onCommitted);
  const ended = useCallback(
    (state: CommitState) => {
      tell(state);
      if (state.kind === "DONE" || state.kind === "FOUND") void reload();
    },
    [tell, reload],
  );
  const { state, commit, forget } = useCommit(id, ended);

  const isPreview = allocation.status === "PREVIEWED" && state.kind !== "DONE" && state.kind !== "FOUND";
  const busy = state.kind === "SENDING" || state.kind === "LOOKING_UP" || making;
  const openWarnings = open(allocation.warnings, acknowledged).length;
  const reason = useReasonAgainst(allocation, left, openWarnings, overridden, busy || adjuster.busy);
  const canEdit = isPreview && mayPreview && left > 0 && !busy;
  const send = (body: Commit) => {
    setAsking(false);
    setLast(body);
    void commit(body);
  };
  return (
    <Stack spacing={1.5}>
      <CommitStateNote
        state={state}
        allocation={allocation}
        newOrder={props.back !== undefined && !isPreview && !busy}
        remedies={{
          newPreview: () => {
            forget();
            onNewPreview();
          },
          again: () => send(last),
          openAgain: () => {
            forget();
            void reload();
          },
        }}
      />
      <AllocationView
        allocation={allocation}
        acknowledged={acknowledged}
        onAcknowledge={isPreview && !busy ? props.onAcknowledge : undefined}
        adjuster={canEdit ? adjuster : undefined}
        override={
          isPreview && mayOverride && openWarnings > 0 ? (
            <FormControlLabel
              control={
                <Checkbox checked={overridden} onChange={(_event, checked) => setOverridden(checked)} />
              }
              label="Override the warnings that are open, without acknowledging each"
            />
          ) : null
        }
      />
      <StepFooter back={props.back}>
        {isPreview && <Expiry seconds={left} />}
        {mayPreview && (
          <Button onClick={onNewPreview} disabled={busy} loading={making}>
            {props.newPreviewLabel}
          </Button>
        )}
        {isPreview && <CommitButton reason={reason} busy={busy} onClick={() => setAsking(true)} />}
      </StepFooter>
      {asking && (
        <CommitDialog
          allocation={allocation}
          acknowledged={acknowledged.length}
          overridden={overridden && openWarnings > 0}
          onClose={() => setAsking(false)}
          onCommit={(comment) =>
            send({
              ...(comment ? { comment } : {}),
              ...(acknowledged.length > 0 ? { acknowledge: [...acknowledged] } : {}),
              ...(overridden && openWarnings > 0 ? { override_warnings: true } : {}),
            })
          }
        />
      )}
    </Stack>
  );
}

function CommitButton({
  reason,
  busy,
  onClick,
}: {
  reason: string | null;
  busy: boolean;
  onClick: () => void;
}) {
  return (
    <>
      {reason && (
        <Typography id="commit-reason" color="text.secondary">
          {reason}
        </Typography>
      )}
      <Tooltip title={reason ?? ""}>
        <span>
          <Button
            variant="contained"
            onClick={onClick}
            disabled={reason !== null || busy}
            aria-describedby={reason ? "commit-reason" : undefined}
          >
            Commit
          </Button>
        </span>
      </Tooltip>
    </>
  );
}

/** Seconds before the end at which screen readers hear of it. */
const LAST_MINUTE = 60;

function Expiry({ seconds }: { seconds: number }) {
  const soon = seconds <= LAST_MINUTE;
  return (
    <>
      <Typography color={soon ? "warning.main" : "text.secondary"}>
        {seconds === 0 ? "The preview has expired." : `Can be committed for ${timeInWords(seconds)}.`}
      </Typography>
      <Box role="status" sx={{ position: "absolute", width: 1, height: 1, overflow: "hidden", opacity: 0 }}>
        {seconds === 0
          ? "The preview has expired."
          : soon
            ? "The preview can be committed for less than a minute."
            : ""}
      </Box>
    </>
  );
}

function useReasonAgainst(
  allocation: Allocation,
  secondsLeft: number,
  openWarnings: number,
  overridden: boolean,
  busy: boolean,
): string | null {
  const mayCommit = usePermission("allocations:commit");
  const { data: status } = useGetSystemStatusQuery();
  return reasonAgainst(allocation, {
    mayCommit,
    busy,
    trading: status?.trading ?? null,
    secondsLeft,
    openWarnings,
    overridden,
  });
}

/** Tells the end of a commit as a notice, also to who has left the page meanwhile. */
function useTold(allocationId: string, onCommitted?: () => void) {
  const dispatch = useAppDispatch();
  return useCallback(
    (state: CommitState) => {
      const to = `/allocations/${allocationId}`;
      if (state.kind === "DONE") {
        const { severity, title } = outcomeOf(state.result.status);
        dispatch(noticed({ severity, message: title, to }));
        if (state.result.status !== "FAILED") onCommitted?.();
      } else if (state.kind === "FOUND")
        dispatch(noticed({ severity: "info", message: STATUS_IN_WORDS[state.allocation.status], to }));
    },
    [dispatch, allocationId, onCommitted],
  );
}
