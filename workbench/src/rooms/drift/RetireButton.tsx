import { Button, Typography } from "@mui/material";
import { useState } from "react";
import { type TargetSet, useRetireTargetsMutation } from "../../api/generated/api";
import { ReasonDialog } from "../../kit/ReasonDialog";
import { ErrorNote } from "../../kit/states";
import { MAX_COMMENT } from "./targetForm";
import { useTargetChange } from "./useTargetChange";

/** Ends a target set; nothing is deleted. */
export function RetireButton({ set }: { set: TargetSet }) {
  const [open, setOpen] = useState(false);
  const [retire] = useRetireTargetsMutation();
  const { change, error, busy } = useTargetChange();
  const end = async (comment: string) => {
    const done = await change(
      (key) =>
        retire({
          targetSetId: set.target_set_id,
          "Idempotency-Key": key,
          endTargets: { version: set.version, comment },
        }).unwrap(),
      `The end of the targets of ${set.scope_id} is stated`,
    );
    if (done) setOpen(false);
  };
  return (
    <>
      <Button color="error" onClick={() => setOpen(true)}>
        End these targets…
      </Button>
      {open && (
        <ReasonDialog
          title={`End the targets of ${set.scope_id}?`}
          action="End them"
          label="Comment"
          most={MAX_COMMENT}
          tone="error"
          busy={busy}
          onSubmit={(comment) => void end(comment)}
          onClose={() => setOpen(false)}
        >
          <Typography sx={{ mb: 1 }}>
            From the business date on there is no drift from them. Versions are kept, and new targets may be
            stated.
          </Typography>
          {error !== null && <ErrorNote error={error} title="They were not ended" />}
        </ReasonDialog>
      )}
    </>
  );
}
