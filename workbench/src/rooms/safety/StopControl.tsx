import { Alert, Button, Checkbox, FormControlLabel, List, ListItem, Stack, Typography } from "@mui/material";
import { useState } from "react";
import {
  type StopResult,
  useGetEmergencyStopQuery,
  useResumeTradingMutation,
  useStopTradingMutation,
} from "../../api/generated/api";
import { sendSafely } from "../../api/safely";
import { dateTime, words } from "../../kit/format";
import { StopIcon } from "../../kit/icons";
import { IdLink } from "../../kit/links";
import { ReasonDialog } from "../../kit/ReasonDialog";
import { ErrorNote, Loading } from "../../kit/states";
import { selectUser } from "../../session/sessionSlice";
import { usePermission } from "../../session/usePermission";
import { useAppSelector } from "../../store";

/** Most characters of why trading is stopped or opened. */
const MAX_REASON = 500;

/** The emergency stop: its state, and the two buttons of the users who may use them. */
export function StopControl() {
  const { data: stop, error, refetch } = useGetEmergencyStopQuery();
  const mayStop = usePermission("trading:stop");
  const mayResume = usePermission("trading:resume");
  const own = useAppSelector(selectUser)?.username === stop?.changed_by;
  const [asked, setAsked] = useState<"STOP" | "RESUME" | null>(null);
  const [result, setResult] = useState<StopResult | null>(null);
  if (error) return <ErrorNote error={error} onRetry={refetch} />;
  if (!stop) return <Loading label="Loading the emergency stop" height={96} />;
  return (
    <Stack spacing={1.5} sx={{ alignItems: "flex-start" }}>
      <Typography role="status">
        {stop.stopped
          ? `Trading is stopped by ${stop.changed_by}, since ${dateTime(stop.changed_at)}: ${stop.reason}.`
          : "Trading is open."}
        {stop.halted && " The setting TRADING_HALTED is on: no order leaves, whatever users do."}
      </Typography>
      {stop.stopped ? (
        <Stack direction="row" spacing={1.5} sx={{ alignItems: "center" }}>
          <Button variant="contained" disabled={!mayResume || own} onClick={() => setAsked("RESUME")}>
            Open trading again
          </Button>
          {(!mayResume || own) && (
            <Typography variant="body2" color="textSecondary">
              {mayResume
                ? "Another user than the one who stopped it has to open it."
                : "It needs trading:resume."}
            </Typography>
          )}
        </Stack>
      ) : (
        <Stack direction="row" spacing={1.5} sx={{ alignItems: "center" }}>
          <Button
            variant="contained"
            color="error"
            startIcon={<StopIcon />}
            disabled={!mayStop}
            onClick={() => setAsked("STOP")}
          >
            Stop trading
          </Button>
          {!mayStop && (
            <Typography variant="body2" color="textSecondary">
              It needs trading:stop.
            </Typography>
          )}
        </Stack>
      )}
      {result && <Cancelled result={result} />}
      {asked === "STOP" && <StopDialog onClose={() => setAsked(null)} onStopped={setResult} />}
      {asked === "RESUME" && <ResumeDialog onClose={() => setAsked(null)} />}
    </Stack>
  );
}

function StopDialog({
  onClose,
  onStopped,
}: {
  onClose: () => void;
  onStopped: (result: StopResult) => void;
}) {
  const [stopTrading, { isLoading, error }] = useStopTradingMutation();
  const [cancels, setCancels] = useState(false);
  const submit = async (reason: string) => {
    const stop = { reason, cancel_working_orders: cancels };
    try {
      onStopped(await sendSafely((key) => stopTrading({ stop, "Idempotency-Key": key }).unwrap()));
      onClose();
    } catch {
      // The dialog shows it.
    }
  };
  return (
    <ReasonDialog
      title="Stop trading?"
      most={MAX_REASON}
      action="Stop trading"
      tone="error"
      busy={isLoading}
      onSubmit={submit}
      onClose={onClose}
    >
      <Typography sx={{ mb: 1 }}>
        From now on no order is sent or changed, by any user. Orders that Aladdin has go on working unless
        they are cancelled. Another user has to open trading again.
      </Typography>
      <FormControlLabel
        control={<Checkbox checked={cancels} onChange={(_event, checked) => setCancels(checked)} />}
        label="Cancel all working orders that I may see"
      />
      {error && <ErrorNote error={error} title="Trading is not stopped" />}
    </ReasonDialog>
  );
}

function ResumeDialog({ onClose }: { onClose: () => void }) {
  const [resume, { isLoading, error }] = useResumeTradingMutation();
  const submit = async (reason: string) => {
    try {
      await sendSafely((key) => resume({ reset: { reason }, "Idempotency-Key": key }).unwrap());
      onClose();
    } catch {
      // The dialog shows it.
    }
  };
  return (
    <ReasonDialog
      title="Open trading again?"
      most={MAX_REASON}
      action="Open trading"
      busy={isLoading}
      onSubmit={submit}
      onClose={onClose}
    >
      <Typography sx={{ mb: 1 }}>From now on orders can be sent and changed again.</Typography>
      {error && <ErrorNote error={error} title="Trading stays stopped" />}
    </ReasonDialog>
  );
}

function Cancelled({ result }: { result: StopResult }) {
  return (
    <Alert severity={result.order_under_way ? "warning" : "info"} variant="outlined" role="status">
      {result.cancelled_orders.length === 0 ? "No working order was to be cancelled." : "Working orders:"}
      <List dense disablePadding>
        {result.cancelled_orders.map(({ order_id, outcome, message }) => (
          <ListItem key={order_id} disableGutters sx={{ py: 0, gap: 1 }}>
            <IdLink of="order" id={order_id} /> {words(outcome)}. {message}
          </ListItem>
        ))}
      </List>
      {result.order_under_way &&
        "An order was being sent when trading was stopped, and is not in this list: look at the orders again."}
    </Alert>
  );
}
