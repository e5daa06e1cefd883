import { Box, Button, Chip, Stack, Tab, Tabs } from "@mui/material";
import { useCallback, useState } from "react";
import { useNavigate, useParams } from "react-router-dom";
import { type Allocation, type AllocationStatus, useGetAllocationQuery } from "../../api/generated/api";
import { Facts } from "../../kit/Facts";
import { dateTime, face, shortId, words } from "../../kit/format";
import { IdLink, PAGE_OF } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { NotRead } from "../../kit/NotRead";
import { Page } from "../../kit/Page";
import { SideMark } from "../../kit/Side";
import { ErrorNote, Loading } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { noteCommit } from "../requests/usage";
import { AllocationAtWork } from "./commit/AllocationAtWork";
import { useBond } from "./commit/useBond";
import { AuditPart } from "./stored/AuditPart";
import { Decisions } from "./stored/Decisions";
import { FixPart } from "./stored/FixPart";
import { inputsOf } from "./stored/inputs";
import { ReplayPart } from "./stored/ReplayPart";
import { useInputsAgain } from "./stored/useInputsAgain";

/** States that another user or the service ends: read again by itself. */
const MOVING: readonly AllocationStatus[] = ["COMMITTING", "UNKNOWN", "PENDING_APPROVAL"];
const POLL_MILLISECONDS = 5_000;

/** A stored allocation, as it was shown, with what became of it. */
export default function AllocationPage() {
  const { allocationId = "" } = useParams();
  const mayRead = usePermission("allocations:read");
  const { allocation, error, refetch, show } = useShown(allocationId, mayRead);
  if (!mayRead) return <NotPermitted title="Allocation" permission="allocations:read" />;
  if (!allocation)
    return (
      <Page title={`Allocation ${shortId(allocationId)}`}>
        {error ? (
          <NotRead
            what="allocation"
            error={error}
            onRetry={refetch}
            all={{ to: "/allocations", label: "All allocations" }}
          />
        ) : (
          <Loading label="Reading the allocation" height="70vh" />
        )}
      </Page>
    );
  return <Stored allocation={allocation} onShow={show} />;
}

/** The allocation of the address: what an edit or commit on this page gave is shown while it is read again. */
function useShown(allocationId: string, mayRead: boolean) {
  const navigate = useNavigate();
  const [made, setMade] = useState<Allocation | null>(null);
  const [moving, setMoving] = useState(false);
  const { currentData, error, refetch } = useGetAllocationQuery(
    { allocationId },
    {
      skip: !mayRead,
      refetchOnMountOrArgChange: true,
      pollingInterval: moving ? POLL_MILLISECONDS : 0,
      skipPollingIfUnfocused: true,
    },
  );
  const allocation = currentData ?? (made?.allocation_id === allocationId ? made : undefined);
  const isMoving = allocation !== undefined && MOVING.includes(allocation.status);
  if (isMoving !== moving) setMoving(isMoving);
  const show = useCallback(
    (next: Allocation) => {
      setMade(next);
      if (next.allocation_id !== allocationId) navigate(PAGE_OF.allocation(next.allocation_id));
    },
    [allocationId, navigate],
  );
  return { allocation, error, refetch, show };
}

function Stored({ allocation, onShow }: { allocation: Allocation; onShow: (next: Allocation) => void }) {
  const { allocation_id: id } = allocation;
  const [seen, setSeen] = useState<{ id: string; ids: string[] }>({ id, ids: [] });
  const again = useInputsAgain(allocation);
  const mayPreview = usePermission("allocations:preview");
  const acknowledge = useCallback((ids: string[]) => setSeen({ id, ids }), [id]);
  return (
    <Page
      title={`Allocation ${shortId(id)}`}
      subtitle={<Subtitle allocation={allocation} />}
      actions={
        mayPreview && (
          <Button variant="outlined" onClick={() => void again.start()} loading={again.busy}>
            Use these inputs again
          </Button>
        )
      }
    >
      <Stack spacing={1.5}>
        {again.error !== null && (
          <ErrorNote error={again.error} title="These inputs could not be used again" onRetry={again.start} />
        )}
        <Decisions allocation={allocation} />
        <AllocationAtWork
          allocation={allocation}
          onShow={onShow}
          onNewPreview={() => void again.start()}
          acknowledged={seen.id === id ? seen.ids : []}
          onAcknowledge={acknowledge}
          onCommitted={() => noteCommit(null)}
        />
        <Parts allocation={allocation} />
      </Stack>
    </Page>
  );
}

function Subtitle({ allocation }: { allocation: Allocation }) {
  const { order } = allocation;
  const bond = useBond(order.security_id);
  return (
    <Stack direction="row" useFlexGap sx={{ gap: 1, flexWrap: "wrap", alignItems: "center" }}>
      <Chip label={words(allocation.status)} variant="outlined" />
      <SideMark side={order.side} />
      <span>{face(order.total_quantity)}</span>
      <IdLink of="security" id={order.security_id} label={bond.description} />
      <span>
        by {allocation.created_by}, {dateTime(allocation.timestamp)}
      </span>
    </Stack>
  );
}

const PARTS = ["Inputs", "Replay", "FIX", "Audit"] as const;
type Part = (typeof PARTS)[number];

function Parts({ allocation }: { allocation: Allocation }) {
  const [part, setPart] = useState<Part>("Inputs");
  return (
    <Box>
      <Tabs
        value={part}
        onChange={(_event, next: Part) => setPart(next)}
        aria-label="More about this allocation"
        sx={{ minHeight: 32, borderBottom: 1, borderColor: "divider" }}
      >
        {PARTS.map((name) => (
          <Tab
            key={name}
            value={name}
            label={name}
            id={`part-${name}`}
            aria-controls="part"
            sx={{ minHeight: 32, py: 0.5, textTransform: "none" }}
          />
        ))}
      </Tabs>
      <Box role="tabpanel" id="part" aria-labelledby={`part-${part}`} sx={{ py: 1.5 }}>
        <PartContent key={allocation.allocation_id} part={part} allocation={allocation} />
      </Box>
    </Box>
  );
}

function PartContent({ part, allocation }: { part: Part; allocation: Allocation }) {
  const { allocation_id: id, commit } = allocation;
  switch (part) {
    case "Inputs":
      return <Facts label="Inputs" facts={inputsOf(allocation)} />;
    case "Replay":
      return <ReplayPart allocationId={id} />;
    case "FIX":
      return <FixPart allocationId={id} committed={commit !== null} />;
    case "Audit":
      return <AuditPart allocationId={id} />;
  }
}
