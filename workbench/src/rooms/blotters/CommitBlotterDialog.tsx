import {
  Alert,
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  TextField,
  Typography,
} from "@mui/material";
import { type KeyboardEvent, type RefObject, type SubmitEvent, useRef, useState } from "react";
import {
  type Blotter,
  type BlotterCommit,
  type Desk,
  useCommitBlotterMutation,
  useGetDeskQuery,
  useGetSystemStatusQuery,
} from "../../api/generated/api";
import { sendSafely } from "../../api/safely";
import { count, face } from "../../kit/format";
import { ErrorNote } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { WhichAladdin } from "../allocations/commit/WhichAladdin";
import { commitInWords, committable } from "./blotterWords";
import { commitBody } from "./commitBody";
import { useLineWarnings } from "./useLineWarnings";
import { WarningsReview } from "./WarningsReview";

const MAX_COMMENT = 1000;

/** Which lines will wait for another user, by the desk's settings; the service decides. */
function approvalWords(desk: Desk | undefined): string | null {
  if (!desk) return null;
  const above =
    desk.approval_above_notional === null
      ? null
      : `of more than ${face(desk.approval_above_notional)} in notional`;
  const parts = [above, desk.approval_for_warnings ? "with warnings" : null].filter(Boolean);
  return parts.length === 0
    ? null
    : `Lines ${parts.join(", and lines ")} wait for the approval of another user. They are not sent until then.`;
}

function useSend(blotterId: string, onDone: () => void) {
  const [commit] = useCommitBlotterMutation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const send = async (body: BlotterCommit) => {
    setBusy(true);
    setError(null);
    try {
      await sendSafely((key) => commit({ blotterId, blotterCommit: body, "Idempotency-Key": key }).unwrap());
      onDone();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return { send, busy, error };
}

/** What is chosen in the dialog, and what will be sent by it. */
function useChoice(blotter: Blotter) {
  // The dialog is about the lines as they were when it was opened, and the service is told which.
  const [lines] = useState(blotter.lines);
  const open = committable(lines).lines;
  const [comment, setComment] = useState("");
  const [accepted, setAccepted] = useState<ReadonlySet<number>>(new Set());
  const [overrides, setOverrides] = useState(false);
  const read = useLineWarnings(open);
  const sent = committable(
    open.filter(({ line, warning_count }) => overrides || !warning_count || accepted.has(line)),
  );
  const body = () => commitBody(lines, { comment, overrides, accepted, found: read.found ?? [] });
  const left = lines.length - open.length;
  return { comment, setComment, accepted, setAccepted, overrides, setOverrides, read, sent, left, body };
}

/** States how many orders will be sent, of how much, and to which Aladdin. */
export function CommitBlotterDialog({ blotter, onClose }: { blotter: Blotter; onClose: () => void }) {
  const choice = useChoice(blotter);
  const { send, busy, error } = useSend(blotter.blotter_id, onClose);
  const { data: system } = useGetSystemStatusQuery();
  const field = useRef<HTMLInputElement | null>(null);
  const sent = choice.sent.lines.length;
  return (
    <Dialog
      open
      fullWidth
      maxWidth="sm"
      onClose={busy ? undefined : onClose}
      aria-labelledby="commit-title"
      slotProps={{ transition: { onEntered: () => field.current?.focus() } }}
    >
      <form
        // A key that is held down since the button before must not send orders.
        onKeyDown={(event: KeyboardEvent) => event.repeat && event.key === "Enter" && event.preventDefault()}
        onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
          event.preventDefault();
          if (sent > 0) void send(choice.body());
        }}
      >
        <DialogTitle id="commit-title">Commit this blotter?</DialogTitle>
        <DialogContent sx={{ display: "grid", gap: 1.5 }}>
          <Statement choice={choice} comment={field} />
          {error !== null && <ErrorNote error={error} title="The blotter was not committed" />}
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose} disabled={busy}>
            Back
          </Button>
          <Button
            type="submit"
            variant="contained"
            color={system?.mode === "real" ? "error" : "primary"}
            loading={busy}
            disabled={sent === 0}
          >
            {sent === 1 ? "Send 1 order" : `Send ${count(sent)} orders`}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

/** What will be sent and what not, whose approval it waits for, and where it goes. */
function Statement({
  choice,
  comment,
}: {
  choice: ReturnType<typeof useChoice>;
  comment: RefObject<HTMLInputElement | null>;
}) {
  const { sent, read } = choice;
  const mayOverride = usePermission("allocations:override-warnings");
  const { data: desk } = useGetDeskQuery();
  const { data: system } = useGetSystemStatusQuery();
  const waits = approvalWords(desk);
  return (
    <>
      <Typography role="status" sx={{ fontSize: "1rem", fontWeight: 600 }}>
        {sent.lines.length === 0 ? "Accept the warnings of a line to send it." : commitInWords(sent)}
      </Typography>
      <LeftOut left={choice.left} />
      <WarningsReview
        read={read}
        accepted={choice.accepted}
        onAccept={choice.setAccepted}
        overrides={choice.overrides}
        onOverride={mayOverride ? choice.setOverrides : undefined}
      />
      {waits && (
        <Alert severity="info" variant="outlined">
          {waits}
        </Alert>
      )}
      <WhichAladdin mode={system?.mode} orders={sent.lines.length} />
      <TextField
        label="Comment"
        helperText="Optional, for the audit trail"
        value={choice.comment}
        inputRef={comment}
        onChange={(event) => choice.setComment(event.target.value.slice(0, MAX_COMMENT))}
        fullWidth
      />
    </>
  );
}

/** Lines that no commit would send now, whatever is accepted. */
function LeftOut({ left }: { left: number }) {
  if (left === 0) return null;
  return (
    <Typography color="warning">
      {left === 1 ? "1 line is" : `${count(left)} lines are`} left out: without an open preview there is
      nothing to send. A line that is refused does not stop the others; an emergency stop does, and a commit
      asked for again goes on.
    </Typography>
  );
}
