import {
  Alert,
  Box,
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  TextField,
  Typography,
} from "@mui/material";
import { type FormEvent, useRef, useState } from "react";
import { type Order, type OrderDetail, useGetDeskQuery, useGetOrderQuery } from "../../api/generated/api";
import { fieldErrors } from "../../api/problems";
import { face, signed } from "../../kit/format";
import { QuantityField } from "../../kit/QuantityField";
import { wantsConfirmation } from "../../kit/quantityRules";
import { SideMark } from "../../kit/Side";
import { ErrorNote, Loading } from "../../kit/states";
import { ModifyResultNote } from "./ModifyResultNote";
import { filledWords, isWorking, STATE_WORDS } from "./orderWords";
import { useModify } from "./useModify";

const POLL_MILLISECONDS = 2_000;
const MAX_COMMENT = 1000;

/** Changes the face of an order, on the state of it that its user has seen. */
export function ModifyDialog({ order, onClose }: { order: Pick<Order, "order_id">; onClose: () => void }) {
  const { data, error, refetch } = useGetOrderQuery(
    { orderId: order.order_id },
    { pollingInterval: POLL_MILLISECONDS, skipPollingIfUnfocused: true, refetchOnMountOrArgChange: true },
  );
  return (
    <Dialog open fullWidth maxWidth="sm" onClose={onClose} aria-labelledby="modify-title">
      <DialogTitle id="modify-title">Modify order {order.order_id}</DialogTitle>
      {data ? (
        <ModifyForm now={data} onClose={onClose} />
      ) : (
        <DialogContent>
          {error ? <ErrorNote error={error} onRetry={refetch} /> : <Loading label="Reading the order" />}
        </DialogContent>
      )}
    </Dialog>
  );
}

function faceFault(value: number | null, seen: OrderDetail): string | undefined {
  if (value === null) return undefined;
  if (value === seen.quantity) return "This is the present face.";
  if (seen.filled_quantity === null && value < seen.quantity)
    return "Aladdin does not say what is filled, so the order cannot become smaller.";
  if (seen.filled_quantity !== null && value < seen.filled_quantity)
    return `No less than ${face(seen.filled_quantity)}, which is filled already.`;
  return undefined;
}

function ModifyForm({ now, onClose }: { now: OrderDetail; onClose: () => void }) {
  const [seen, setSeen] = useState(now);
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [value, setValue] = useState<number | null>(null);
  const [confirmed, setConfirmed] = useState<number | null>(null);
  const [comment, setComment] = useState("");
  const { data: desk } = useGetDeskQuery();
  const { modify, busy, outcome, forget } = useModify();
  const hasChanged = now.quantity !== seen.quantity || now.touch_count !== seen.touch_count;
  const fault = faceFault(value, seen);
  const grows = value !== null && value > seen.quantity;
  const missing = !isWorking(now)
    ? `The order is over: ${STATE_WORDS[now.allocation_state]}.`
    : value === null
      ? "Type the new face."
      : (fault ??
        (hasChanged ? "Look at the change first." : undefined) ??
        (grows && wantsConfirmation(value, desk) && confirmed !== value ? "Confirm the size." : undefined));
  if (outcome?.kind === "ANSWERED" || outcome?.kind === "LOST")
    return <ModifyResultNote outcome={outcome} orderId={seen.order_id} onClose={onClose} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (missing || busy || value === null) return;
    void modify(seen, value, comment.trim());
  };
  return (
    <Box component="form" noValidate onSubmit={submit}>
      <DialogContent sx={{ pt: 0 }}>
        <Typography sx={{ mb: 1.5 }}>
          <SideMark side={seen.side} /> {face(seen.quantity)} face of{" "}
          {seen.security_description ?? seen.security_id}, filled {filledWords(seen)}
        </Typography>
        {hasChanged && (
          <ChangedNote
            seen={seen}
            now={now}
            onTake={() => {
              setSeen(now);
              forget();
              field.current?.focus();
            }}
          />
        )}
        <QuantityField
          label="New face"
          inputRef={field}
          text={text}
          value={value}
          onChange={(typed, meant) => {
            setText(typed);
            setValue(meant);
            forget();
          }}
          ofOrder={grows}
          confirmed={confirmed}
          onConfirm={setConfirmed}
          error={fault ?? (outcome?.kind === "REFUSED" ? fieldErrors(outcome.error).quantity : undefined)}
          autoFocus
        />
        {value !== null && !fault && (
          <Typography role="status" sx={{ mb: 1 }}>
            {signed(face, value - seen.quantity)} face: {face(seen.quantity)} becomes {face(value)}
          </Typography>
        )}
        <TextField
          label="Comment"
          value={comment}
          onChange={(event) => setComment(event.target.value.slice(0, MAX_COMMENT))}
          helperText="Optional, for the audit trail"
          fullWidth
          margin="dense"
        />
        {outcome?.kind === "REFUSED" && <ErrorNote error={outcome.error} title="The order was not changed" />}
        {outcome?.kind === "LOOKING" && (
          <Alert severity="warning" role="status">
            The answer was lost, so it is not known whether Aladdin has the change. It is being looked up.
          </Alert>
        )}
      </DialogContent>
      <DialogActions>
        {missing && (
          <Typography variant="caption" color="text.secondary" sx={{ mr: "auto", pl: 2 }}>
            {missing}
          </Typography>
        )}
        <Button onClick={onClose} disabled={busy}>
          Back
        </Button>
        <Button type="submit" variant="contained" loading={busy} disabled={missing !== undefined}>
          Modify
        </Button>
      </DialogActions>
    </Box>
  );
}

/** Somebody changed the order, or it was filled, since it was read: both values, and a way on that keeps what is typed. */
function ChangedNote({ seen, now, onTake }: { seen: OrderDetail; now: OrderDetail; onTake: () => void }) {
  return (
    <Alert
      severity="warning"
      role="alert"
      sx={{ mb: 1.5 }}
      action={
        <Button color="inherit" onClick={onTake} sx={{ whiteSpace: "nowrap" }}>
          Go on with this
        </Button>
      }
    >
      This order has changed meanwhile. Face: {face(seen.quantity)} before, {face(now.quantity)} now. Filled:{" "}
      {filledWords(seen)} before, {filledWords(now)} now.
    </Alert>
  );
}
