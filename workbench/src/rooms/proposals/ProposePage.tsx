import { Button } from "@mui/material";
import { Link, useNavigate, useSearchParams } from "react-router-dom";
import { type ProposalScope, useCreateProposalMutation } from "../../api/generated/api";
import { problemOf } from "../../api/problems";
import { sendSafely } from "../../api/safely";
import { PAGE_OF } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { Page } from "../../kit/Page";
import { Empty } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { NoTargets } from "../drift/NoTargets";
import { ProposalFields } from "./ProposalFields";

export default function ProposePage() {
  const [search] = useSearchParams();
  const id = search.get("id") ?? "";
  const scope = search.get("scope");
  if (!usePermission("allocations:preview"))
    return <NotPermitted title="Propose trades" permission="allocations:preview" />;
  if (id === "" || (scope !== "GROUP" && scope !== "ACCOUNT")) return <NoBook />;
  return <Asked key={`${scope} ${id}`} scope={scope} id={id} />;
}

/** The address names no account and no group. */
function NoBook() {
  return (
    <Page title="Propose trades">
      <Empty
        title="Choose an account or a group first"
        action={
          <Button component={Link} to="/drift" variant="contained">
            Accounts out of band
          </Button>
        }
      >
        Trades are proposed from the drift of an account or of a group.
      </Empty>
    </Page>
  );
}

function Asked({ scope, id }: { scope: ProposalScope; id: string }) {
  const navigate = useNavigate();
  const [create, { error, isLoading }] = useCreateProposalMutation();
  const drift = scope === "GROUP" ? PAGE_OF.groupDrift(id) : PAGE_OF.accountDrift(id);
  return (
    <Page
      title={`Propose trades for ${id}`}
      subtitle="The fewest trades that bring most accounts back to their targets. Nothing is sent."
      actions={
        <Button component={Link} to={drift} variant="outlined">
          Open the drift
        </Button>
      }
    >
      {problemOf(error)?.code === "NO_TARGETS" ? (
        <NoTargets scope={scope} id={id} />
      ) : (
        <ProposalFields
          scope={scope}
          id={id}
          error={error}
          busy={isLoading}
          onAsk={(proposalRequest) =>
            void sendSafely((key) => create({ "Idempotency-Key": key, proposalRequest }).unwrap()).then(
              ({ proposal_id }) => navigate(PAGE_OF.proposal(proposal_id)),
              () => {}, // The error is shown beside the fields.
            )
          }
        />
      )}
    </Page>
  );
}
