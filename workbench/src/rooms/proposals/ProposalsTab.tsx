import { Button } from "@mui/material";
import type { ColDef } from "ag-grid-community";
import { useCallback } from "react";
import { Link, useNavigate } from "react-router-dom";
import { type ProposalSummary, useListProposalsQuery } from "../../api/generated/api";
import { count, dateTime } from "../../kit/format";
import { Guarded } from "../../kit/Guarded";
import { idColumn, numberColumn, textColumn } from "../../kit/grid/columns";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { PAGE_OF } from "../../kit/links";
import { Empty, ErrorNote } from "../../kit/states";
import { SCOPES } from "../drift/driftWords";
import { MODES, SOURCES, STATUSES } from "./proposalWords";

const MOST = 200;
const GRID_HEIGHT = "max(320px, calc(100vh - 240px))";

const COLUMNS: ColDef<ProposalSummary>[] = [
  idColumn("Proposal", "proposal", ({ proposal_id }) => proposal_id, { width: 104, pinned: "left" }),
  textColumn("For", ({ request }) => `${SCOPES[request.scope]} ${request.scope_id}`, { width: 170 }),
  textColumn("Aim", ({ request }) => MODES[request.mode].name, { width: 120 }),
  textColumn("Bonds", ({ request }) => SOURCES[request.candidates].name, { width: 140 }),
  textColumn("Status", ({ status }) => STATUSES[status], { width: 150 }),
  textColumn("Accounts back", (each) => `${count(each.accounts_back)} of ${count(each.account_count)}`, {
    width: 130,
  }),
  numberColumn("Block orders", ({ order_count }) => order_count, count, { width: 120 }),
  idColumn("Blotter", "blotter", ({ blotter_id }) => blotter_id, { width: 104 }),
  textColumn("Asked for", ({ created_at }) => created_at, {
    width: 170,
    valueFormatter: ({ value }) => dateTime(value as string),
  }),
  textColumn("By", ({ created_by }) => created_by, { width: 140 }),
];

/** The proposals that were asked for, the newest first. */
export default function ProposalsTab() {
  return (
    <Guarded needs="allocations:read">
      <Proposals />
    </Guarded>
  );
}

function Proposals() {
  const { currentData, error, refetch } = useListProposalsQuery({ limit: MOST });
  const rows = currentData?.proposals;
  const navigate = useNavigate();
  const open = useCallback((row: ProposalSummary) => navigate(PAGE_OF.proposal(row.proposal_id)), [navigate]);
  return (
    <LazyGrid<ProposalSummary>
      label="Proposals"
      layout="proposals"
      instead={
        !rows && error !== undefined ? (
          <ErrorNote error={error} onRetry={refetch} title="The proposals cannot be read" />
        ) : (
          rows?.length === 0 && (
            <Empty
              title="No proposals yet"
              action={
                <Button component={Link} to="/drift" variant="outlined">
                  Accounts out of band
                </Button>
              }
            >
              Trades are proposed from the drift of an account or of a group.
            </Empty>
          )
        )
      }
      rows={rows}
      columns={COLUMNS}
      rowId={({ proposal_id }) => proposal_id}
      onOpen={open}
      height={GRID_HEIGHT}
      totalsText={currentData?.next_cursor ? `The newest ${count(rows?.length)}` : undefined}
    />
  );
}
