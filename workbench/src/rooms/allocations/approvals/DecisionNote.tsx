import { Alert, AlertTitle, LinearProgress } from "@mui/material";
import type { Allocation } from "../../../api/generated/api";
import { messageOf, problemOf } from "../../../api/problems";
import { ErrorNote } from "../../../kit/states";
import { ALLOCATION_STATUS } from "../statusWords";
import type { DecisionState } from "./useDecision";

/** What came of a decision; where somebody was first, what the allocation is now. */
export function DecisionNote({ state, allocation }: { state: DecisionState; allocation?: Allocation }) {
  if (state.kind === "IDLE") return null;
  if (state.kind === "BUSY") return <LinearProgress aria-label="The decision is being sent" />;
  if (state.kind === "DONE")
    return (
      <Alert severity={state.severity} variant="outlined" role="status">
        {state.words}
      </Alert>
    );
  const now = allocation ? ` It is now: ${ALLOCATION_STATUS[allocation.status]}.` : "";
  if (state.kind === "LOST")
    return (
      <Alert severity="warning" variant="outlined" role="status">
        <AlertTitle sx={{ fontSize: "0.875rem" }}>It is being looked up what became of it</AlertTitle>
        The answer was lost. The allocation is read again by itself, and nothing is sent twice.{now}
      </Alert>
    );
  const code = problemOf(state.error)?.code;
  if (code === "NOT_PENDING_APPROVAL" || code === "NOT_UNKNOWN" || code === "SETTLEMENT_DIFFERS")
    return (
      <Alert severity="warning" variant="outlined" role="alert">
        <AlertTitle sx={{ fontSize: "0.875rem" }}>Somebody was first</AlertTitle>
        {messageOf(state.error)}.{now}
      </Alert>
    );
  return <ErrorNote error={state.error} title="This was not done" />;
}
