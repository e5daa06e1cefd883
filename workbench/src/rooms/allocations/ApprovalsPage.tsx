import { Alert, Box, Button, Divider, Stack, Typography } from "@mui/material";
import { useEffect, useRef } from "react";
import { Link, useSearchParams } from "react-router-dom";
import {
  type Allocation,
  type AllocationStatus,
  useGetAllocationQuery,
  useListAllocationsQuery,
} from "../../api/generated/api";
import { IdLink, PAGE_OF } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { Page } from "../../kit/Page";
import { Empty, ErrorNote, Loading } from "../../kit/states";
import { selectUser } from "../../session/sessionSlice";
import { usePermission } from "../../session/usePermission";
import { useAppSelector } from "../../store";
import { DecisionNote } from "./approvals/DecisionNote";
import { SettleForm } from "./approvals/SettleForm";
import { type Decision, useDecision } from "./approvals/useDecision";
import { Waiting } from "./approvals/Waiting";
import { WaitingTable } from "./approvals/WaitingTable";
import { ALLOCATION_STATUS } from "./statusWords";

const POLL_MILLISECONDS = 5_000;
const MOST = 200;
const POLLED = { pollingInterval: POLL_MILLISECONDS, skipPollingIfUnfocused: true };

export default function ApprovalsPage() {
  const mayApprove = usePermission("allocations:approve");
  const mayCommit = usePermission("allocations:commit");
  const maySettle = usePermission("allocations:settle");
  const mayRead = usePermission("allocations:read");
  if (!mayApprove && !mayCommit && !maySettle)
    return <NotPermitted title="Approvals" permission="allocations:approve" />;
  return mayRead ? <Approvals /> : <SettleById />;
}

/** For users who settle and read no allocations: administrators. */
function SettleById() {
  const decision = useDecision();
  return (
    <Page title="Approvals">
      <Alert severity="info" variant="outlined" sx={{ mb: 2, maxWidth: 720 }}>
        You may settle unknown outcomes, but not read allocations (<code>allocations:read</code>). Type the id
        of the allocation, as its users tell you.
      </Alert>
      <Typography variant="h2" sx={{ mb: 1 }}>
        Settle an unknown outcome
      </Typography>
      <DecisionNote state={decision.state} />
      <SettleForm decision={decision} />
    </Page>
  );
}

function Approvals() {
  const [search] = useSearchParams();
  const chosen = search.get("allocation") ?? "";
  const maySettle = usePermission("allocations:settle");
  return (
    <Page title="Approvals" subtitle="Commits that wait for another user, and outcomes that people settle">
      <Stack spacing={2}>
        <Section status="PENDING_APPROVAL" chosen={chosen} title="Waiting for approval">
          Commits above the desk's threshold, or with warnings, appear here until another user decides.
        </Section>
        {maySettle && (
          <Section status="UNKNOWN" chosen={chosen} title="Outcome unknown">
            Orders whose answer was lost are looked up by themselves; what stays unknown appears here.
          </Section>
        )}
        {chosen && (
          <>
            <Divider />
            <Chosen key={chosen} allocationId={chosen} />
          </>
        )}
      </Stack>
    </Page>
  );
}

function Section({
  status,
  chosen,
  title,
  children,
}: {
  status: AllocationStatus;
  chosen: string;
  title: string;
  children: string;
}) {
  const username = useAppSelector(selectUser)?.username ?? "";
  const { data, error, refetch } = useListAllocationsQuery({ status, limit: MOST }, POLLED);
  const rows = data?.allocations;
  return (
    <Box component="section" aria-label={title}>
      <Typography variant="h2" sx={{ mb: 0.5 }}>
        {title}
      </Typography>
      {rows === undefined && error ? (
        <ErrorNote error={error} onRetry={refetch} />
      ) : rows === undefined ? (
        <Loading label={`Loading ${title}`} height={80} />
      ) : rows.length === 0 ? (
        <Typography color="textSecondary">Nothing. {children}</Typography>
      ) : (
        <WaitingTable
          label={title}
          rows={rows}
          chosen={chosen}
          username={username}
          ends={status !== "UNKNOWN"}
        />
      )}
    </Box>
  );
}

function Chosen({ allocationId }: { allocationId: string }) {
  const {
    currentData: allocation,
    error,
    refetch,
  } = useGetAllocationQuery({ allocationId }, { ...POLLED, refetchOnMountOrArgChange: true });
  const decision = useDecision();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <Box component="section" aria-labelledby="chosen">
      <Typography
        id="chosen"
        ref={heading}
        tabIndex={-1}
        variant="h2"
        sx={{
          mb: 1,
          scrollMarginTop: 60,
          "&:focus-visible": { outline: "none" },
          "& a": { textDecoration: "underline" },
        }}
      >
        Allocation <IdLink of="allocation" id={allocationId} />
        {allocation && `: ${ALLOCATION_STATUS[allocation.status]}`}
      </Typography>
      <Box sx={{ mb: 1 }}>
        <DecisionNote state={decision.state} allocation={allocation} />
      </Box>
      {allocation ? (
        <Deciding allocation={allocation} decision={decision} />
      ) : error ? (
        <ErrorNote error={error} onRetry={refetch} />
      ) : (
        <Loading label="Reading the allocation" height={400} />
      )}
    </Box>
  );
}

function Deciding({ allocation, decision }: { allocation: Allocation; decision: Decision }) {
  const maySettle = usePermission("allocations:settle");
  const { approval, settlement, status } = allocation;
  if ((status === "UNKNOWN" || settlement) && maySettle)
    return <SettleForm allocation={allocation} decision={decision} />;
  if (approval) return <Waiting allocation={allocation} approval={approval} decision={decision} />;
  return (
    <Empty
      title="Nothing waits here any more"
      action={
        <Button component={Link} to={PAGE_OF.allocation(allocation.allocation_id)}>
          Open the allocation
        </Button>
      }
    >
      It is now: {ALLOCATION_STATUS[status]}.
    </Empty>
  );
}
