import { Button, Typography } from "@mui/material";
import { useCallback } from "react";
import { Link as RouterLink } from "react-router-dom";
import { Empty } from "../../../kit/states";
import { useAppDispatch, useAppSelector } from "../../../store";
import { noteCommit } from "../../requests/usage";
import { AllocationAtWork } from "../commit/AllocationAtWork";
import { selectDraft, warningsAcknowledged } from "../draftSlice";
import { WaitingGrid } from "../view/AllocationGrid";
import { StepFooter } from "../wizard/StepFooter";
import { stepAddress } from "../wizard/steps";
import { Refused } from "./Refused";
import { usePreview } from "./usePreview";

/** The last step: the split of the draft, its warnings, its edits, its commit. */
export default function PreviewStep() {
  const dispatch = useAppDispatch();
  const { acknowledged, begunAt } = useAppSelector(selectDraft);
  const { isComplete, allocation, busy, error, make, show } = usePreview();
  const acknowledge = useCallback((ids: string[]) => dispatch(warningsAcknowledged(ids)), [dispatch]);
  const committed = useCallback(() => noteCommit(begunAt), [begunAt]);
  const refused = error !== null && <Refused error={error} onRetry={() => void make()} />;
  if (allocation)
    return (
      <>
        {refused}
        <AllocationAtWork
          allocation={allocation}
          onShow={show}
          onNewPreview={() => void make(allocation.adjustment?.fixed)}
          making={busy}
          acknowledged={acknowledged}
          onAcknowledge={acknowledge}
          onCommitted={committed}
          back="allocation-method"
        />
      </>
    );
  return (
    <>
      {refused || (isComplete ? <Computing /> : <NoOrder />)}
      <StepFooter back="allocation-method">
        {error !== null && (
          <Button variant="contained" onClick={() => void make()} loading={busy}>
            Preview again
          </Button>
        )}
      </StepFooter>
    </>
  );
}

function Computing() {
  return (
    <>
      <Typography color="textSecondary" role="status" sx={{ mb: 1 }}>
        The split is being computed…
      </Typography>
      <WaitingGrid label="Split to come" height="60vh" />
    </>
  );
}

function NoOrder() {
  return (
    <Empty
      title="There is no order to preview yet"
      action={
        <Button component={RouterLink} to={stepAddress("order-entry")} variant="contained">
          Go to Order Entry
        </Button>
      }
    >
      A bond, a size and at least one group are needed.
    </Empty>
  );
}
