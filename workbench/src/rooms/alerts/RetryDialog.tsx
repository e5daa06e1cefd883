import { Typography } from "@mui/material";
import { type Delivery, useRetryAlertDeliveryMutation } from "../../api/generated/api";
import { messageOf, problemOf } from "../../api/problems";
import { sendSafely } from "../../api/safely";
import { ReasonDialog } from "../../kit/ReasonDialog";
import { ErrorNote } from "../../kit/states";

/** Sends a message again that was given up. */
export function RetryDialog({ delivery, onClose }: { delivery: Delivery; onClose: () => void }) {
  const [retry, { isLoading, error }] = useRetryAlertDeliveryMutation();
  const { delivery_id: deliveryId, channel_name: name, attempts } = delivery;
  const isOver = problemOf(error)?.code === "DELIVERY_NOT_DEAD";
  const submit = async () => {
    try {
      await sendSafely((key) => retry({ "Idempotency-Key": key, deliveryId }).unwrap());
      onClose();
    } catch {
      // The error is shown in the dialog.
    }
  };
  return (
    <ReasonDialog
      title={`Send the message to ${name} again?`}
      action="Send again"
      wordless
      busy={isLoading}
      blocked={isOver ? messageOf(error) : undefined}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <Typography>
        It was given up after {attempts === 1 ? "1 attempt" : `${attempts} attempts`}. It is sent as it was,
        under the same id, and tried as often again.
      </Typography>
      {error !== undefined && !isOver && !isLoading && (
        <ErrorNote error={error} title="The message is not sent again" />
      )}
    </ReasonDialog>
  );
}
