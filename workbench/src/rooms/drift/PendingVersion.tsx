import { Alert, Box, Button } from "@mui/material";
import { useState } from "react";
import {
  type TargetSet,
  type TargetVersion,
  useApproveTargetsMutation,
  useRejectTargetsMutation,
  useWithdrawTargetsMutation,
} from "../../api/generated/api";
import { ReasonDialog } from "../../kit/ReasonDialog";
import { ErrorNote } from "../../kit/states";
import { selectUser } from "../../session/sessionSlice";
import { usePermission } from "../../session/usePermission";
import { useAppSelector } from "../../store";
import { MAX_COMMENT, targetChanges } from "./targetForm";
import { useTargetChange } from "./useTargetChange";

type Decision = "Approve" | "Reject" | "Withdraw";
const DONE: Record<Decision, string> = { Approve: "approved", Reject: "rejected", Withdraw: "withdrawn" };

/** A version that waits for another user: what it changes, and the decision on it. */
export function PendingVersion({ set, pending }: { set: TargetSet; pending: TargetVersion }) {
  const own = useAppSelector(selectUser)?.username === pending.created_by;
  const may = usePermission("targets:write");
  const [asked, setAsked] = useState<Decision | null>(null);
  const [approve] = useApproveTargetsMutation();
  const [reject] = useRejectTargetsMutation();
  const [withdraw] = useWithdrawTargetsMutation();
  const { change, error, busy } = useTargetChange();
  const decide = async (comment: string) => {
    if (asked === null) return;
    const send = { Approve: approve, Reject: reject, Withdraw: withdraw }[asked];
    await change(
      (key) =>
        send({
          targetSetId: set.target_set_id,
          "Idempotency-Key": key,
          decideTargets: { version: pending.version, comment },
        }).unwrap(),
      `Version ${pending.version} of the targets of ${set.scope_id} is ${DONE[asked]}`,
    );
    setAsked(null);
  };
  const decisions: Decision[] = own ? ["Withdraw"] : ["Approve", "Reject"];
  return (
    <Box component="section" aria-label="Version that waits for its approval" sx={{ mb: 2, maxWidth: 1100 }}>
      <Alert
        severity="info"
        variant="outlined"
        action={
          may &&
          decisions.map((decision) => (
            <Button key={decision} color="inherit" onClick={() => setAsked(decision)}>
              {decision}
            </Button>
          ))
        }
      >
        Version {pending.version}, stated by {pending.created_by}, waits for{" "}
        {own ? "another user's approval" : "an approval"}; it would hold from {pending.effective_from}. “
        {pending.comment}”
        {targetChanges(set.dimension, set.in_force, pending).map(({ name, before, after }) => (
          <div key={name}>
            {name}: {before} → <b>{after}</b>
          </div>
        ))}
      </Alert>
      {error !== null && <ErrorNote error={error} title="This was not done" />}
      {asked && (
        <ReasonDialog
          title={`${asked} version ${pending.version}?`}
          action={asked}
          label="Comment"
          most={MAX_COMMENT}
          optional
          tone={asked === "Approve" ? "primary" : "error"}
          busy={busy}
          onSubmit={(comment) => void decide(comment)}
          onClose={() => setAsked(null)}
        />
      )}
    </Box>
  );
}
