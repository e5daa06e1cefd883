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
import { useRef, useState } from "react";
import { type Allocation, useGetDeskQuery, useGetSystemStatusQuery } from "../../../api/generated/api";
import { face } from "../../../kit/format";
import { confirmationInWords, needsApproval } from "./confirmation";
import { useBond } from "./useBond";
import { WhichAladdin } from "./WhichAladdin";

const MAX_COMMENT = 1000;

/** States what will be sent, in full numbers and words, and to which Aladdin. */
export function CommitDialog({
  allocation,
  acknowledged,
  overridden,
  onCommit,
  onClose,
}: {
  allocation: Allocation;
  acknowledged: number;
  overridden: boolean;
  onCommit: (comment: string) => void;
  onClose: () => void;
}) {
  const bond = useBond(allocation.order.security_id);
  const { data: desk } = useGetDeskQuery();
  const { data: status } = useGetSystemStatusQuery();
  const [comment, setComment] = useState("");
  const field = useRef<HTMLInputElement | null>(null);
  const waits = needsApproval(allocation, desk);
  const { unallocated } = allocation.summary;
  const real = status?.mode === "real";
  return (
    <Dialog
      open
      fullWidth
      maxWidth="sm"
      onClose={onClose}
      aria-labelledby="commit-title"
      slotProps={{ transition: { onEntered: () => field.current?.focus() } }}
    >
      <form
        // A key that is held down since the button before must not send an order.
        onKeyDown={(event) => event.repeat && event.key === "Enter" && event.preventDefault()}
        onSubmit={(event) => {
          event.preventDefault();
          onCommit(comment.trim());
        }}
      >
        <DialogTitle id="commit-title">Commit this allocation?</DialogTitle>
        <DialogContent sx={{ display: "grid", gap: 1.5 }}>
          <Typography sx={{ fontSize: "1rem", fontWeight: 600 }}>
            {confirmationInWords(allocation, bond)}
          </Typography>
          {unallocated > 0 && (
            <Typography color="warning">
              {face(unallocated)} of the {face(allocation.order.total_quantity)} asked for stay unallocated
              and are not sent.
            </Typography>
          )}
          {allocation.warnings.length > 0 && (
            <Typography>
              {overridden
                ? `All ${allocation.warnings.length} warnings are overridden.`
                : `${acknowledged} of ${allocation.warnings.length} warnings acknowledged.`}
            </Typography>
          )}
          {waits && (
            <Alert severity="info" variant="outlined">
              This needs the approval of another user. Nothing is sent until then.
            </Alert>
          )}
          <WhichAladdin mode={status?.mode} />
          <TextField
            label="Comment"
            helperText="Optional, for the audit trail"
            value={comment}
            inputRef={field}
            onChange={(event) => setComment(event.target.value.slice(0, MAX_COMMENT))}
            fullWidth
          />
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" variant="contained" color={real ? "error" : "primary"}>
            {waits ? "Ask for approval" : "Send order"}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
