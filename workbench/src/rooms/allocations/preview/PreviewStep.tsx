import { Alert, AlertTitle, Button, Link, Typography } from "@mui/material";
import { useCallback } from "react";
import { Link as RouterLink } from "react-router-dom";
import { fieldErrors, problemOf } from "../../../api/problems";
import { Empty, ErrorNote, Loading } from "../../../kit/states";
import { useAppDispatch, useAppSelector } from "../../../store";
import { AllocationAtWork } from "../commit/AllocationAtWork";
import { selectDraft, warningsAcknowledged } from "../draftSlice";
import { StepFooter } from "../wizard/StepFooter";
import { stepAddress } from "../wizard/steps";
import { STEP_TITLE, stepOf } from "./fields";
import { usePreview } from "./usePreview";

/** The last step: the split of the draft, its warnings, its edits, its commit. */
export default function PreviewStep() {
  const dispatch = useAppDispatch();
  const { acknowledged } = useAppSelector(selectDraft);
  const { request, allocation, busy, error, make, show } = usePreview();
  const acknowledge = useCallback((ids: string[]) => dispatch(warningsAcknowledged(ids)), [dispatch]);
  if (allocation)
    return (
      <>
        {error !== null && <Refused error={error} onRetry={() => void make()} />}
        <AllocationAtWork
          allocation={allocation}
          onShow={show}
          onNewPreview={() => void make(allocation.adjustment?.fixed)}
          making={busy}
          acknowledged={acknowledged}
          onAcknowledge={acknowledge}
          back="allocation-method"
        />
      </>
    );
  return (
    <>
      {error !== null ? (
        <Refused error={error} onRetry={() => void make()} />
      ) : request === null ? (
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
      ) : (
        <>
          <Typography color="text.secondary" sx={{ mb: 1 }}>
            The split is being computed…
          </Typography>
          <Loading label="Computing the split" height="60vh" />
        </>
      )}
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

/** Why no preview was made: each field at fault with a way to the step where it is typed. */
function Refused({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const fields = Object.entries(fieldErrors(error));
  const problem = problemOf(error);
  if (!problem || fields.length === 0) return <ErrorNote error={error} onRetry={onRetry} />;
  return (
    <Alert severity="error" variant="outlined" role="alert" sx={{ mb: 1.5 }}>
      <AlertTitle sx={{ fontSize: "0.875rem" }}>{problem.title}</AlertTitle>
      <ul style={{ margin: 0, paddingLeft: 20 }}>
        {fields.map(([field, message]) => {
          const step = stepOf(field);
          return (
            <li key={field}>
              <code>{field}</code>: {message}{" "}
              {step && (
                <Link component={RouterLink} to={stepAddress(step)}>
                  Change in {STEP_TITLE[step]}
                </Link>
              )}
            </li>
          );
        })}
      </ul>
      <Typography variant="caption" color="text.secondary">
        {problem.code} · request {problem.request_id}
      </Typography>
    </Alert>
  );
}
