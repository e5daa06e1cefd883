import {
  Alert,
  Box,
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  Stack,
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
import { acceptedFace, shortAccounts } from "./refusal";
import { type ModifyOutcome, useModify } from "./useModify";

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

/** What is typed of a new face, and what speaks against sending it. */
function useModifyForm(now: OrderDetail) {
  const [seen, setSeen] = useState(now);
  const [typed, setTyped] = useState<{ text: string; value: number | null }>({ text: "", value: null });
  const [confirmed, setConfirmed] = useState<number | null>(null);
  const [comment, setComment] = useState("");
  const { data: desk } = useGetDeskQuery();
  const { value } = typed;
  const hasChanged = now.quantity !== seen.quantity || now.touch_count !== seen.touch_count;
  const fault = faceFault(value, seen);
  const grows = value !== null && value > seen.quantity;
  const unconfirmed = grows && wantsConfirmation(value, desk) && confirmed !== value;
  const missing = !isWorking(now)
    ? `The order is over: ${STATE_WORDS[now.allocation_state]}.`
    : value === null
      ? "Type the new face."
      : (fault ?? (hasChanged ? "Look at the change first." : unconfirmed ? "Confirm the size." : undefined));
  return {
    seen,
    ...typed,
    confirmed,
    comment,
    hasChanged,
    fault,
    grows,
    missing,
    take: () => setSeen(now),
    setTyped,
    setConfirmed,
    setComment,
  };
}

function ModifyForm({ now, onClose }: { now: OrderDetail; onClose: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const form = useModifyForm(now);
  const { seen, value, fault, missing } = form;
  const { modify, busy, outcome, forget } = useModify();
  if (outcome?.kind === "ANSWERED" || outcome?.kind === "LOST")
    return <ModifyResultNote outcome={outcome} orderId={seen.order_id} onClose={onClose} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!missing && !busy && value !== null) void modify(seen, value, form.comment.trim());
  };
  const take = () => {
    form.take();
    forget();
    field.current?.focus();
  };
  return (
    <Box component="form" noValidate onSubmit={submit}>
      <DialogContent sx={{ pt: 0 }}>
        <Typography sx={{ mb: 1.5 }}>
          <SideMark side={seen.side} /> {face(seen.quantity)} face of{" "}
          {seen.security_description ?? seen.security_id}, filled {filledWords(seen)}
        </Typography>
        {form.hasChanged && <ChangedNote seen={seen} now={now} onTake={take} />}
        <QuantityField
          label="New face"
          inputRef={field}
          text={form.text}
          value={value}
          onChange={(text, meant) => {
            form.setTyped({ text, value: meant });
            forget();
          }}
          ofOrder={form.grows}
          confirmed={form.confirmed}
          onConfirm={form.setConfirmed}
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
          value={form.comment}
          onChange={(event) => form.setComment(event.target.value.slice(0, MAX_COMMENT))}
          helperText="Optional, for the audit trail"
          fullWidth
          margin="dense"
        />
        <Outcome
          outcome={outcome}
          present={seen.quantity}
          onTake={(quantity) => {
            form.setTyped({ text: face(quantity), value: quantity });
            forget();
            field.current?.focus();
          }}
        />
      </DialogContent>
      <Actions busy={busy} missing={missing} onClose={onClose} />
    </Box>
  );
}

/** Why the order was not changed, account by account, and a face that would be taken. */
function Outcome({
  outcome,
  present,
  onTake,
}: {
  outcome: ModifyOutcome | null;
  present: number;
  onTake: (quantity: number) => void;
}) {
  if (outcome?.kind === "LOOKING")
    return (
      <Alert severity="warning" role="status">
        The answer was lost, so it is not known whether Aladdin has the change. It is being looked up.
      </Alert>
    );
  if (outcome?.kind !== "REFUSED") return null;
  const accepted = acceptedFace(outcome.error, present);
  return (
    <Stack spacing={1} sx={{ alignItems: "flex-start" }}>
      <ErrorNote error={outcome.error} title="The order was not changed" />
      <Box component="ul" sx={{ m: 0, pl: 2.5, maxHeight: 160, overflow: "auto" }}>
        {shortAccounts(outcome.error).map((account) => (
          <li key={account.account_id}>
            {account.account_id} would get {face(account.additional_quantity)} more and can take{" "}
            {face(account.max_quantity)}
          </li>
        ))}
      </Box>
      {accepted !== null && (
        <Button variant="outlined" onClick={() => onTake(accepted)}>
          Take {face(accepted)} instead
        </Button>
      )}
    </Stack>
  );
}

function Actions({ busy, missing, onClose }: { busy: boolean; missing?: string; onClose: () => void }) {
  return (
    <DialogActions>
      {missing && (
        <Typography variant="caption" color="textSecondary" sx={{ mr: "auto", pl: 2 }}>
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
