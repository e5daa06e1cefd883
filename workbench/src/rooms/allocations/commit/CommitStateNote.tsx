import { Alert, AlertTitle, LinearProgress } from "@mui/material";
import type { Allocation } from "../../../api/generated/api";
import { messageOf } from "../../../api/problems";
import { IdLink } from "../../../kit/links";
import { CommitOutcome } from "./CommitOutcome";
import { CommitProblem, type Remedies } from "./CommitProblem";
import type { CommitState } from "./commitRun";

/** Where a commit stands: under way, looked up, refused, or done. */
export function CommitStateNote({
  state,
  allocation,
  remedies,
  newOrder,
}: {
  state: CommitState;
  allocation: Allocation;
  remedies: Remedies;
  newOrder: boolean;
}) {
  switch (state.kind) {
    case "SENDING":
      return (
        <Alert severity="info" variant="outlined" role="status">
          {state.attempt === 1
            ? "The commit is being sent. The book is read again before the order leaves."
            : `The desk is busy with another order; nothing was done yet. Attempt ${state.attempt}.`}
          <LinearProgress aria-label="Commit under way" sx={{ mt: 1 }} />
        </Alert>
      );
    case "LOOKING_UP":
      return (
        <Alert severity="warning" variant="outlined" role="status">
          <AlertTitle sx={{ fontSize: "0.9375rem", mb: 0 }}>
            It is being looked up what became of the commit
          </AlertTitle>
          {state.error === null ? "The page was left before there was an answer." : messageOf(state.error)}{" "}
          Nothing is sent twice. You may leave this page:{" "}
          <IdLink inText of="allocation" id={allocation.allocation_id} /> tells what came of it.
          <LinearProgress color="warning" aria-label="Looking up the commit" sx={{ mt: 1 }} />
        </Alert>
      );
    case "NOT_SENT":
      return state.error === null ? (
        <Alert severity="info" variant="outlined" role="status">
          The commit has not been carried out so far. You can commit again: the same request is done once.
        </Alert>
      ) : (
        <CommitProblem allocation={allocation} error={state.error} remedy="TRY_AGAIN" remedies={remedies} />
      );
    case "REFUSED":
      return (
        <CommitProblem
          allocation={allocation}
          error={state.error}
          remedy={state.decision.remedy}
          remedies={remedies}
        />
      );
    default:
      return allocation.status === "PREVIEWED" && state.kind !== "DONE" ? null : (
        <CommitOutcome
          allocation={allocation}
          result={state.kind === "DONE" ? state.result : allocation.commit}
          newOrder={newOrder}
        />
      );
  }
}
