import { Alert, Box, Button, LinearProgress, Typography } from "@mui/material";
import { useState } from "react";
import { Link, useParams } from "react-router-dom";
import {
  type BacktestGrid,
  useDeleteBacktestGridMutation,
  useGetBacktestGridQuery,
} from "../../api/generated/api";
import { type Fact, FactStrip } from "../../kit/FactStrip";
import { count, dateTime, shortId } from "../../kit/format";
import { NotPermitted } from "../../kit/NotPermitted";
import { NotRead } from "../../kit/NotRead";
import { Page } from "../../kit/Page";
import { Loading } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { isRunning, strategyWords } from "./backtestWords";
import { DeleteButton } from "./DeleteButton";
import { GridParts } from "./GridParts";
import { parameterWords } from "./gridWords";

const BUSY_MILLISECONDS = 4_000;
const TITLE = "Grid of backtests";

export default function GridPage() {
  const { gridId = "" } = useParams();
  if (!usePermission("market-history:read"))
    return <NotPermitted title={TITLE} permission="market-history:read" />;
  return <Loaded key={gridId} gridId={gridId} />;
}

function Loaded({ gridId }: { gridId: string }) {
  const [busy, setBusy] = useState(false);
  const {
    currentData: found,
    error,
    refetch,
  } = useGetBacktestGridQuery(
    { gridId },
    { pollingInterval: busy ? BUSY_MILLISECONDS : 0, skipPollingIfUnfocused: true },
  );
  const isBusy = found?.backtests.some(({ status }) => isRunning(status)) ?? false;
  if (isBusy !== busy) setBusy(isBusy);
  return (
    <Page
      title={found ? `Grid ${found.request.base.name ?? shortId(gridId)}` : TITLE}
      subtitle={found && `Asked for ${dateTime(found.created_at)}`}
      actions={found && <Actions gridId={gridId} />}
    >
      {found ? (
        <>
          <Asked of={found} />
          <Progress of={found} />
          <GridParts of={found} />
        </>
      ) : error ? (
        <NotRead
          what="grid"
          error={error}
          onRetry={refetch}
          all={{ to: "/backtest/grids", label: "All grids" }}
        />
      ) : (
        <Loading label="Reading the grid" height="60vh" />
      )}
    </Page>
  );
}

function Actions({ gridId }: { gridId: string }) {
  const [remove, { error, isLoading }] = useDeleteBacktestGridMutation();
  return (
    <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, alignItems: "center" }}>
      <Button component={Link} to="/backtest/grids" variant="outlined">
        All grids
      </Button>
      <Button
        component={Link}
        to={`/backtest/grids/new?${new URLSearchParams({ again: gridId })}`}
        variant="outlined"
      >
        Run again…
      </Button>
      <DeleteButton
        what="grid"
        list="/backtest/grids"
        error={error}
        busy={isLoading}
        onDelete={() =>
          remove({ gridId })
            .unwrap()
            .then(
              () => true,
              () => false, // The error is shown in the question.
            )
        }
      >
        All of its backtests go with it, and jobs that are not over are cancelled. That is audited.
      </DeleteButton>
    </Box>
  );
}

function Asked({ of: { request } }: { of: BacktestGrid }) {
  const { base } = request;
  const facts: Fact[] = [
    ["Strategy", strategyWords(base)],
    ["Assets", count(base.assets.length)],
    ["From", base.start_date ?? "the first day"],
    ["To", base.end_date ?? "the last day"],
    ["Tried", parameterWords(request)],
  ];
  return <FactStrip facts={facts} />;
}

/** How many backtests are through, and which have no result. */
function Progress({ of: { backtests } }: { of: BacktestGrid }) {
  const open = backtests.filter(({ status }) => isRunning(status)).length;
  const failed = backtests.filter(({ status, summary }) => !isRunning(status) && summary === null);
  const over = backtests.length - open;
  return (
    <>
      {open > 0 && (
        <Box role="group" aria-label="Progress of the grid" sx={{ my: 2 }}>
          <Typography role="status" sx={{ fontWeight: 650, mb: 0.5 }}>
            {count(over)} of {count(backtests.length)} backtests are through
          </Typography>
          <LinearProgress
            aria-label="Backtests that are through"
            variant="determinate"
            value={(over / backtests.length) * 100}
            sx={{ height: 6, borderRadius: 1 }}
          />
        </Box>
      )}
      {failed.length > 0 && (
        <Alert severity="error" variant="outlined" sx={{ my: 2 }}>
          {failed.length === 1 ? "One backtest has" : `${count(failed.length)} backtests have`} no result, so
          that nothing is said of all together. {failed[0]?.error ?? ""}
        </Alert>
      )}
    </>
  );
}
