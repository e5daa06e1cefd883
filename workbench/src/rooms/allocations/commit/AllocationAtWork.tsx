import { Button, Checkbox, FormControlLabel, Stack } from "@mui/material";
import { useState } from "react";
import type { Allocation, Commit } from "../../../api/generated/api";
import { usePermission } from "../../../session/usePermission";
import { useAdjuster } from "../preview/useAdjuster";
import { AllocationView } from "../view/AllocationView";
import { StepFooter } from "../wizard/StepFooter";
import type { StepPath } from "../wizard/steps";
import { CommitButton, Expiry } from "./CommitBar";
import { CommitDialog } from "./CommitDialog";
import { CommitStateNote } from "./CommitStateNote";
import { useAtWork } from "./useAtWork";

export interface AllocationAtWorkProps {
  allocation: Allocation;
  /** Another allocation is shown instead: an edit of it, or its present state. */
  onShow: (allocation: Allocation) => void;
  /** A new preview of the same inputs, with what edits had fixed. */
  onNewPreview: () => void;
  making?: boolean;
  acknowledged: readonly string[];
  onAcknowledge: (ids: string[]) => void;
  /** Step before this one, in the wizard; without it the allocation has a page of its own. */
  back?: StepPath;
  /** Told when a commit was made. */
  onCommitted?: () => void;
}

/** An allocation with what can be done with it: acknowledge, adjust, commit, preview again. */
export function AllocationAtWork(props: AllocationAtWorkProps) {
  const { allocation, onShow, onNewPreview, acknowledged, making = false, back, onCommitted } = props;
  const [asking, setAsking] = useState(false);
  const mayPreview = usePermission("allocations:preview");
  const adjuster = useAdjuster(allocation, onShow);
  const work = useAtWork(allocation, acknowledged, making || adjuster.busy, onShow, onCommitted);
  const { isPreview, isBusy, overrides } = work;
  const canEdit = isPreview && mayPreview && !work.hasExpired && (!isBusy || adjuster.busy);
  const inWizard = back !== undefined;
  const canPreview = inWizard && mayPreview && (isPreview || allocation.status === "EXPIRED");
  const send = (comment: string) => {
    setAsking(false);
    work.send(commitOf(comment, acknowledged, overrides));
  };
  return (
    <Stack spacing={1.5}>
      <CommitStateNote
        state={work.state}
        allocation={allocation}
        newOrder={inWizard && !isPreview && !isBusy && allocation.status !== "EXPIRED"}
        remedies={{ newPreview: onNewPreview, again: work.again, openAgain: work.openAgain }}
      />
      <AllocationView
        allocation={allocation}
        acknowledged={acknowledged}
        onAcknowledge={isPreview && !isBusy ? props.onAcknowledge : undefined}
        adjuster={canEdit ? adjuster : undefined}
        override={
          isPreview && work.openWarnings > 0 && <Override checked={overrides} onChange={work.setOverrides} />
        }
      />
      {(inWizard || isPreview) && (
        <StepFooter back={back}>
          {isPreview && !work.isOld && <Expiry until={allocation.expires_at} />}
          {canPreview && <PreviewAgain onClick={onNewPreview} disabled={isBusy} making={making} />}
          {isPreview && <CommitButton reason={work.reason} onClick={() => setAsking(true)} />}
        </StepFooter>
      )}
      {asking && (
        <CommitDialog
          allocation={allocation}
          acknowledged={acknowledged.length}
          overridden={overrides}
          onClose={() => setAsking(false)}
          onCommit={send}
        />
      )}
    </Stack>
  );
}

function PreviewAgain(props: { onClick: () => void; disabled: boolean; making: boolean }) {
  return (
    <Button onClick={props.onClick} disabled={props.disabled} loading={props.making}>
      Preview again
    </Button>
  );
}

function commitOf(comment: string, acknowledged: readonly string[], overrides: boolean): Commit {
  return {
    ...(comment ? { comment } : {}),
    ...(acknowledged.length > 0 ? { acknowledge: [...acknowledged] } : {}),
    ...(overrides ? { override_warnings: true } : {}),
  };
}

function Override({ checked, onChange }: { checked: boolean; onChange: (on: boolean) => void }) {
  const mayOverride = usePermission("allocations:override-warnings");
  if (!mayOverride) return null;
  return (
    <FormControlLabel
      control={<Checkbox checked={checked} onChange={(_event, on) => onChange(on)} />}
      label="Override the warnings that are open, without acknowledging each"
    />
  );
}
