import { Typography } from "@mui/material";
import { type Channel, useDeleteAlertChannelMutation } from "../../api/generated/api";
import { ReasonDialog } from "../../kit/ReasonDialog";
import { ErrorNote } from "../../kit/states";
import { targetWords } from "./alertWords";

export function DeleteChannelDialog({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const [remove, { isLoading, error }] = useDeleteAlertChannelMutation();
  const submit = async () => {
    const answer = await remove({ channelId: channel.channel_id });
    if (!answer.error) onClose();
  };
  return (
    <ReasonDialog
      title={`Delete channel ${channel.name}?`}
      action="Delete the channel"
      tone="error"
      wordless
      busy={isLoading}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <Typography>
        {targetWords(channel)} is told of no alert any more, and messages that wait for it are cancelled.
      </Typography>
      {error !== undefined && <ErrorNote error={error} title="The channel was not deleted" />}
    </ReasonDialog>
  );
}
