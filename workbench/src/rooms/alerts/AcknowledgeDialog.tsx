import { Typography } from "@mui/material";
import { type Alert, useAcknowledgeAlertMutation } from "../../api/generated/api";
import { messageOf, problemOf } from "../../api/problems";
import { sendSafely } from "../../api/safely";
import { ReasonDialog } from "../../kit/ReasonDialog";
import { ErrorNote } from "../../kit/states";
import { SeverityMark } from "./SeverityMark";

const MAX_NOTE = 500;

/** Says that somebody looks after an alert, and what is being done. */
export function AcknowledgeDialog({ alert, onClose }: { alert: Alert; onClose: () => void }) {
  const [acknowledge, { isLoading, error }] = useAcknowledgeAlertMutation();
  const code = problemOf(error)?.code;
  const isOver = code === "ALERT_NOT_OPEN";
  const submit = async (note: string) => {
    try {
      const body = { alertId: alert.alert_id, alertNote: { note, version: alert.version } };
      await sendSafely((key) => acknowledge({ "Idempotency-Key": key, ...body }).unwrap());
      onClose();
    } catch {
      // The error is shown in the dialog.
    }
  };
  return (
    <ReasonDialog
      title="Acknowledge this alert?"
      action="Acknowledge"
      label="Note"
      most={MAX_NOTE}
      busy={isLoading}
      blocked={isOver ? messageOf(error) : undefined}
      onClose={onClose}
      onSubmit={(note) => void submit(note)}
    >
      <Typography>
        <SeverityMark severity={alert.severity} /> {alert.text}
      </Typography>
      <Typography variant="body2" color="textSecondary" sx={{ mt: 1, mb: 1 }}>
        It stays in the list until what was found is gone. Say what is being done.
      </Typography>
      {error !== undefined && !isOver && !isLoading && (
        <ErrorNote error={error} title="The alert was not acknowledged" />
      )}
    </ReasonDialog>
  );
}
