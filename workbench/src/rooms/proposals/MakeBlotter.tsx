import { Button, Typography } from "@mui/material";
import { useState } from "react";
import { Link, useNavigate } from "react-router-dom";
import { type Proposal, useMakeBlotterOfProposalMutation } from "../../api/generated/api";
import { messageOf, problemOf } from "../../api/problems";
import { sendSafely } from "../../api/safely";
import { PAGE_OF } from "../../kit/links";
import { ReasonDialog } from "../../kit/ReasonDialog";
import { ErrorNote } from "../../kit/states";
import { usePermission } from "../../session/usePermission";

/** Makes the one blotter of a proposal; once it is made, the way to it. */
export function MakeBlotter({ proposal }: { proposal: Proposal }) {
  const [isAsked, setAsked] = useState(false);
  const mayPreview = usePermission("allocations:preview");
  if (proposal.blotter_id)
    return (
      <Button component={Link} to={PAGE_OF.blotter(proposal.blotter_id)} variant="contained">
        Open the blotter
      </Button>
    );
  if (!mayPreview || proposal.order_count === 0) return null;
  return (
    <>
      <Button variant="contained" onClick={() => setAsked(true)}>
        Make blotter
      </Button>
      {isAsked && <AskOnce proposal={proposal} onClose={() => setAsked(false)} />}
    </>
  );
}

function AskOnce({ proposal, onClose }: { proposal: Proposal; onClose: () => void }) {
  const navigate = useNavigate();
  const [make, { error, isLoading }] = useMakeBlotterOfProposalMutation();
  const { proposal_id: proposalId, order_count: orders } = proposal;
  const code = problemOf(error)?.code;
  const isAnother = code === "BLOTTER_MADE";
  const isStale = code === "PROPOSAL_STALE";
  const submit = async () => {
    try {
      const made = await sendSafely((key) =>
        make({ "Idempotency-Key": key, proposalId, proposalBlotter: { in_addition: isAnother } }).unwrap(),
      );
      if (made.blotter_id) navigate(PAGE_OF.blotter(made.blotter_id));
    } catch {
      // The error is shown in the dialog.
    }
  };
  return (
    <ReasonDialog
      title="Make a blotter of this proposal?"
      action={isAnother ? "Make it in addition" : "Make blotter"}
      wordless
      busy={isLoading}
      blocked={isStale ? messageOf(error) : undefined}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <Typography>
        {orders === 1 ? "Its block order becomes a line" : `Its ${orders} block orders become lines`} of one
        blotter, sales first, with the face of each account fixed. They are previewed by the book as it is
        now, and nothing is sent before you commit them.
      </Typography>
      {error !== undefined && !isStale && !isLoading && (
        <ErrorNote error={error} title="The blotter was not made" />
      )}
    </ReasonDialog>
  );
}
