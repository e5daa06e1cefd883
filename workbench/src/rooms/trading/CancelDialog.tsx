import {
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableRow,
  Typography,
} from "@mui/material";
import { useState } from "react";
import type { Order } from "../../api/generated/api";
import { count, face } from "../../kit/format";
import { ReasonDialog } from "../../kit/ReasonDialog";
import { SIDE_WORDS, SideMark } from "../../kit/Side";
import { filledWords, isWorking } from "./orderWords";
import { CANCEL_WORDS, type CancelProgress, type CancelStep, useCancel } from "./useCancel";

const MAX_LISTED = 8;
const COLOUR_OF: Partial<Record<CancelStep, string>> = {
  CANCELLED: "success.main",
  REFUSED: "error.main",
  UNKNOWN: "warning.main",
  LOOKING: "warning.main",
};

function tally(progress: Record<string, CancelProgress>): string {
  const steps = Object.values(progress).map(({ step }) => step);
  const of = (step: CancelStep) => steps.filter((found) => found === step).length;
  const open = of("WAITING") + of("SENDING") + of("LOOKING");
  const parts = [`${count(of("CANCELLED"))} of ${count(steps.length)} cancelled`];
  if (of("REFUSED") > 0) parts.push(`${count(of("REFUSED"))} not`);
  if (of("UNKNOWN") > 0) parts.push(`${count(of("UNKNOWN"))} not known`);
  if (open > 0) parts.push(`${count(open)} to go`);
  return parts.join(", ");
}

/** Cancels orders with a reason; what is filled stays with its accounts. Then the result of each. */
export function CancelDialog({ orders, onClose }: { orders: readonly Order[]; onClose: () => void }) {
  const { cancel, progress, busy } = useCancel();
  const [begun, setBegun] = useState<readonly Order[] | null>(null);
  const working = orders.filter(isWorking);
  const over = orders.length - working.length;
  if (begun) return <CancelResults orders={begun} progress={progress} busy={busy} onClose={onClose} />;
  const title =
    working.length === 1 ? `Cancel order ${working[0]?.order_id}` : `Cancel ${working.length} orders`;
  return (
    <ReasonDialog
      title={title}
      action={title}
      tone="error"
      blocked={working.length === 0 ? "None of these orders works any more." : undefined}
      onClose={onClose}
      onSubmit={(reason) => {
        setBegun(working);
        void cancel(
          working.map((order) => order.order_id),
          reason,
        );
      }}
    >
      {working.slice(0, MAX_LISTED).map((order) => (
        <Typography key={order.order_id} component="p">
          {order.order_id}: <SideMark side={order.side} /> {face(order.quantity)} of{" "}
          {order.security_description ?? order.security_id}, filled {filledWords(order)}
        </Typography>
      ))}
      {working.length > MAX_LISTED && (
        <Typography>and {count(working.length - MAX_LISTED)} more chosen orders.</Typography>
      )}
      <Typography color="textSecondary" sx={{ mt: 1, mb: 0.5 }}>
        What is open of {working.length === 1 ? "it" : "them"} ends. What is filled stays with its accounts.
        {over > 0 &&
          ` ${count(over)} of the chosen orders ${over === 1 ? "is" : "are"} over and stay as they are.`}
      </Typography>
    </ReasonDialog>
  );
}

function CancelResults({
  orders,
  progress,
  busy,
  onClose,
}: {
  orders: readonly Order[];
  progress: Record<string, CancelProgress>;
  busy: boolean;
  onClose: () => void;
}) {
  return (
    <Dialog
      open
      fullWidth
      maxWidth="md"
      onClose={busy ? undefined : onClose}
      aria-labelledby="cancel-results"
    >
      <DialogTitle id="cancel-results">Cancellation</DialogTitle>
      <DialogContent>
        <Typography role="status" sx={{ mb: 1, fontWeight: 650 }}>
          {tally(progress)}
        </Typography>
        <Table aria-label="Result by order">
          <TableHead>
            <TableRow>
              <TableCell>Order</TableCell>
              <TableCell>Side</TableCell>
              <TableCell>Bond</TableCell>
              <TableCell>Result</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {orders.map((order) => {
              const { step, message } = progress[order.order_id] ?? { step: "WAITING", message: "" };
              return (
                <TableRow key={order.order_id}>
                  <TableCell>{order.order_id}</TableCell>
                  <TableCell>{SIDE_WORDS[order.side]}</TableCell>
                  <TableCell>{order.security_description ?? order.security_id}</TableCell>
                  <TableCell>
                    <Typography component="span" sx={{ color: COLOUR_OF[step], fontWeight: 650 }}>
                      {CANCEL_WORDS[step]}
                    </Typography>
                    {message && ` · ${message}`}
                  </TableCell>
                </TableRow>
              );
            })}
          </TableBody>
        </Table>
      </DialogContent>
      <DialogActions>
        <Button key={String(busy)} variant="contained" onClick={onClose} disabled={busy} autoFocus>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}
