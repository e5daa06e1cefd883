import { Alert, Typography } from "@mui/material";
import { type Channel, type ChannelTest, useTestAlertChannelMutation } from "../../api/generated/api";
import { points } from "../../kit/format";
import { ReasonDialog } from "../../kit/ReasonDialog";
import { ErrorNote } from "../../kit/states";
import { DELIVERY_ERRORS, targetWords } from "./alertWords";

/** Sends a test at once, and shows what the receiver said. */
export function TestChannelDialog({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const [test, { data, error, isLoading }] = useTestAlertChannelMutation();
  return (
    <ReasonDialog
      title={`Test of channel ${channel.name}`}
      action={data ? "Send another test" : "Send a test"}
      wordless
      busy={isLoading}
      onClose={onClose}
      onSubmit={() => void test({ channelId: channel.channel_id })}
    >
      <Typography sx={{ mb: 1.5 }}>
        A message that says it is a test is sent to {targetWords(channel)} at once, whatever its quiet hours.
      </Typography>
      {isLoading && <Typography role="status">Waiting for the receiver.</Typography>}
      {data && !isLoading && <Answer test={data} />}
      {error !== undefined && !isLoading && <ErrorNote error={error} title="No test was sent" />}
    </ReasonDialog>
  );
}

function Answer({ test: { delivered, error_code, error_reason, seconds } }: { test: ChannelTest }) {
  if (delivered)
    return (
      <Alert severity="success" variant="outlined">
        The receiver took it, in {points(seconds)} seconds.
      </Alert>
    );
  return (
    <Alert severity="error" variant="outlined">
      Not delivered{error_code && `: ${DELIVERY_ERRORS[error_code].toLowerCase()}`}. {error_reason}
    </Alert>
  );
}
