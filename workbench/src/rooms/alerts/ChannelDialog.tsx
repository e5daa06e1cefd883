import { Button, Dialog, DialogActions, DialogContent, DialogTitle } from "@mui/material";
import { type FormEvent, useState } from "react";
import {
  type Channel,
  type ChannelTerms,
  useAddAlertChannelMutation,
  usePutAlertChannelMutation,
} from "../../api/generated/api";
import { fieldErrors, problemOf } from "../../api/problems";
import { sendSafely } from "../../api/safely";
import { ErrorNote } from "../../kit/states";
import { ChannelFields } from "./ChannelFields";
import { errorsByField, faultsOf, formOf, termsOf } from "./channelForm";

/** Saves a channel, as a new one or in the place of its terms, and returns whether that was done. */
function useSaveChannel(channel: Channel | null) {
  const [add, added] = useAddAlertChannelMutation();
  const [put, replaced] = usePutAlertChannelMutation();
  const save = async (terms: ChannelTerms): Promise<boolean> => {
    try {
      await sendSafely((key) =>
        channel
          ? put({
              "Idempotency-Key": key,
              channelId: channel.channel_id,
              putChannel: { ...terms, version: channel.version },
            }).unwrap()
          : add({ "Idempotency-Key": key, channelTerms: terms }).unwrap(),
      );
      return true;
    } catch {
      // The error is shown in the dialog.
      return false;
    }
  };
  return { save, error: added.error ?? replaced.error, busy: added.isLoading || replaced.isLoading };
}

/** Adds a channel, or puts other terms in the place of those that it had. */
export function ChannelDialog({ channel, onClose }: { channel: Channel | null; onClose: () => void }) {
  const [form, setForm] = useState(() => formOf(channel));
  const [tried, setTried] = useState(false);
  const { save, error, busy } = useSaveChannel(channel);
  const faults = faultsOf(form);
  const errors = { ...errorsByField(fieldErrors(error)), ...(tried ? faults : {}) };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(faults).length === 0 && (await save(termsOf(form)))) onClose();
  };
  return (
    <Dialog open fullWidth maxWidth="sm" onClose={busy ? undefined : onClose} aria-labelledby="channel">
      <form noValidate onSubmit={(event) => void submit(event)}>
        <DialogTitle id="channel">{channel ? `Edit channel ${channel.name}` : "Add channel"}</DialogTitle>
        <DialogContent>
          {error && !busy && (
            <ErrorNote
              error={error}
              title={
                problemOf(error)?.code === "ALERT_CHANNEL_CHANGED"
                  ? "Somebody was first: close this and begin with the new terms"
                  : "The channel was not saved"
              }
            />
          )}
          <ChannelFields
            form={form}
            errors={errors}
            onChange={(changes) => setForm((before) => ({ ...before, ...changes }))}
          />
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose} disabled={busy}>
            Back
          </Button>
          <Button type="submit" variant="contained" loading={busy}>
            {channel ? "Save" : "Add channel"}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
