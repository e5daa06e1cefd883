import { Alert, Button } from "@mui/material";
import { Link, useParams } from "react-router-dom";
import { type Proposal, useGetProposalQuery } from "../../api/generated/api";
import { FactStrip } from "../../kit/FactStrip";
import { date, dateTime } from "../../kit/format";
import { PAGE_OF } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { NotRead } from "../../kit/NotRead";
import { Page } from "../../kit/Page";
import { Loading } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { AccountsPart } from "./AccountsPart";
import { MakeBlotter } from "./MakeBlotter";
import { OrdersPart } from "./OrdersPart";
import { LeftOutPart, ProofPart } from "./ProofPart";
import { ProposeButton } from "./ProposeButton";
import { askedFacts, askedWords, statusWords } from "./proposalWords";

export default function ProposalPage() {
  const { proposalId = "" } = useParams();
  if (!usePermission("allocations:read"))
    return <NotPermitted title="Proposal" permission="allocations:read" />;
  return <Loaded key={proposalId} proposalId={proposalId} />;
}

function Loaded({ proposalId }: { proposalId: string }) {
  const { data, error, refetch } = useGetProposalQuery({ proposalId });
  return (
    <Page
      title="Proposal"
      subtitle={data && `${askedWords(data.request)} · ${dateTime(data.created_at)} by ${data.created_by}`}
      actions={data && <Actions proposal={data} />}
    >
      {data ? (
        <Shown proposal={data} />
      ) : error ? (
        <NotRead
          what="proposal"
          error={error}
          onRetry={refetch}
          all={{ to: "/drift?tab=proposals", label: "All proposals" }}
        />
      ) : (
        <Loading label="Reading the proposal" height="60vh" />
      )}
    </Page>
  );
}

function Actions({ proposal }: { proposal: Proposal }) {
  const { scope, scope_id: id } = proposal.request;
  const drift = scope === "GROUP" ? PAGE_OF.groupDrift(id) : PAGE_OF.accountDrift(id);
  return (
    <>
      <Button component={Link} to={drift} variant="outlined">
        Open the drift
      </Button>
      {proposal.order_count === 0 && <ProposeButton scope={scope} id={id} />}
      <MakeBlotter proposal={proposal} />
    </>
  );
}

function Shown({ proposal }: { proposal: Proposal }) {
  const { outcome, request, status } = proposal;
  return (
    <>
      <Alert severity={status === "OPTIMAL" ? "success" : "warning"} variant="outlined" sx={{ mb: 1.5 }}>
        {statusWords(proposal, outcome.stages)}
      </Alert>
      <FactStrip
        facts={[
          ...askedFacts(request),
          ["Positions of", date(outcome.reference_date)],
          ["Read", dateTime(outcome.data_as_of)],
          ["Groups of the orders", outcome.portfolio_groups.join(", ")],
        ]}
      />
      <OrdersPart orders={outcome.orders} />
      <AccountsPart accounts={outcome.accounts} />
      <LeftOutPart leftOut={outcome.left_out} />
      <ProofPart stages={outcome.stages} isOptimal={status === "OPTIMAL"} />
    </>
  );
}
