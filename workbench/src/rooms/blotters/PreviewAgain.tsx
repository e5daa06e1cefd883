import { Button } from "@mui/material";
import { useState } from "react";
import { type Blotter, usePreviewBlotterMutation } from "../../api/generated/api";
import { messageOf } from "../../api/problems";
import { sendSafely } from "../../api/safely";
import { selectUser } from "../../session/sessionSlice";
import { usePermission } from "../../session/usePermission";
import { noticed } from "../../shell/noticesSlice";
import { useAppDispatch, useAppSelector } from "../../store";

/** Goes on with the lines that have no preview yet: for who asked for the blotter. */
export function PreviewAgain({ blotter }: { blotter: Blotter }) {
  const username = useAppSelector(selectUser)?.username;
  const mayPreview = usePermission("allocations:preview");
  const dispatch = useAppDispatch();
  const [again] = usePreviewBlotterMutation();
  const [busy, setBusy] = useState(false);
  if (!mayPreview || username !== blotter.created_by) return null;
  const start = async () => {
    setBusy(true);
    try {
      await sendSafely((key) => again({ blotterId: blotter.blotter_id, "Idempotency-Key": key }).unwrap());
    } catch (error) {
      dispatch(noticed({ severity: "error", message: `The lines were not previewed. ${messageOf(error)}` }));
    }
    setBusy(false);
  };
  return (
    <Button color="inherit" loading={busy} onClick={() => void start()}>
      Preview the rest
    </Button>
  );
}
