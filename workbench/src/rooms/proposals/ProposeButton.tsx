import { Button } from "@mui/material";
import { Link } from "react-router-dom";
import type { ProposalScope } from "../../api/generated/api";
import { usePermission } from "../../session/usePermission";
import { proposePath } from "./proposalForm";

/** The way to trades that bring a book back, for users who may preview. */
export function ProposeButton({ scope, id }: { scope: ProposalScope; id: string }) {
  if (!usePermission("allocations:preview")) return null;
  return (
    <Button component={Link} to={proposePath(scope, id)} variant="contained">
      Propose trades
    </Button>
  );
}
