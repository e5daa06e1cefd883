import { Alert, Box, Button } from "@mui/material";
import { Link, useParams } from "react-router-dom";
import { type Backtest, useDeleteBacktestMutation, useGetBacktestQuery } from "../../api/generated/api";
import { DownloadButtons } from "../../kit/DownloadButtons";
import { type Fact, FactStrip } from "../../kit/FactStrip";
import { basisPoints, cents, count, dateTime, percent } from "../../kit/format";
import { PAGE_OF } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { NotRead } from "../../kit/NotRead";
import { Page } from "../../kit/Page";
import { Loading } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { JobProgress } from "../jobs/JobProgress";
import { isOpen, JOB_STATE } from "../jobs/jobWords";
import { useJob } from "../jobs/useJob";
import { FREQUENCIES, isRunning, nameOf, strategyWords } from "./backtestWords";
import { DeleteButton } from "./DeleteButton";
import { ResultParts } from "./ResultParts";

export default function BacktestPage() {
  const { backtestId = "" } = useParams();
  if (!usePermission("market-history:read"))
    return <NotPermitted title="Backtest" permission="market-history:read" />;
  return <Loaded key={backtestId} backtestId={backtestId} />;
}

function Loaded({ backtestId }: { backtestId: string }) {
  const { currentData: found, error, refetch } = useGetBacktestQuery({ backtestId });
  const { job, error: lost } = useJob(found && isRunning(found.status) ? found.job_id : null);
  const title = found ? `Backtest ${nameOf(found)}` : "Backtest";
  return (
    <Page
      title={title}
      subtitle={found && `Asked for ${dateTime(found.created_at)}`}
      actions={found && <Actions of={found} />}
    >
      {found ? (
        <>
          <Asked of={found} />
          {job && isOpen(job) && (
            <Box sx={{ my: 2 }}>
              <JobProgress job={job} />
            </Box>
          )}
          {lost !== null && isRunning(found.status) && (
            <Alert severity="warning" variant="outlined" sx={{ my: 2 }}>
              Its job cannot be followed. Load the page again to see how far it is.
            </Alert>
          )}
          <Ended of={found} />
          {found.summary && <ResultParts of={found} summary={found.summary} />}
        </>
      ) : error ? (
        <NotRead
          what="backtest"
          error={error}
          onRetry={refetch}
          all={{ to: "/backtest", label: "All backtests" }}
        />
      ) : (
        <Loading label="Reading the backtest" height="60vh" />
      )}
    </Page>
  );
}

/** Why there is no result, where its job is over. */
function Ended({ of: { status, error, summary } }: { of: Backtest }) {
  if (isRunning(status) || summary) return null;
  return (
    <Alert severity={status === "ABORTED" ? "info" : "error"} variant="outlined" sx={{ my: 2 }}>
      {status === "ABORTED" ? "It was cancelled, and has no result." : `${JOB_STATE[status]}. ${error ?? ""}`}
    </Alert>
  );
}

function Asked({ of: { request, data } }: { of: Backtest }) {
  const { strategy } = request;
  const facts: Fact[] = [
    ["Strategy", strategyWords(request)],
    ["Assets", count(request.assets.length)],
    ...(strategy.type === "buy_and_hold"
      ? []
      : ([["Decides", FREQUENCIES[strategy.rebalancing_frequency]]] as Fact[])),
    ["Benchmark", request.benchmark ?? "none"],
    ["From", data?.start_date ?? request.start_date ?? "the first day"],
    ["To", data?.end_date ?? request.end_date ?? "the last day"],
    ["Initial capital", cents(request.initial_capital)],
    ["Costs, bp", basisPoints(strategy.transaction_costs * 10_000)],
    ["Risk-free rate", percent(request.risk_free_rate)],
    ...(data
      ? ([
          ["Returns", count(data.return_count)],
          ["Prices by", data.source.join(", ")],
          ["Prices as known", dateTime(data.known_at)],
        ] as Fact[])
      : []),
  ];
  return <FactStrip facts={facts} />;
}

function Actions({ of: { backtest_id, grid_id, summary } }: { of: Backtest }) {
  const [remove, { error, isLoading }] = useDeleteBacktestMutation();
  return (
    <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, alignItems: "center" }}>
      {summary && <Exports backtestId={backtest_id} />}
      <Button
        component={Link}
        to={`/backtest/new?${new URLSearchParams({ again: backtest_id })}`}
        variant="outlined"
      >
        Run again…
      </Button>
      {grid_id === null ? (
        <DeleteButton
          what="backtest"
          list="/backtest"
          error={error}
          busy={isLoading}
          onDelete={() =>
            remove({ backtestId: backtest_id })
              .unwrap()
              .then(
                () => true,
                () => false, // The error is shown in the question.
              )
          }
        >
          Its result and its trades go with it, and its job is cancelled if it is not over. That is audited.
        </DeleteButton>
      ) : (
        <Button component={Link} to={PAGE_OF.backtestGrid(grid_id)} variant="outlined">
          Its grid
        </Button>
      )}
    </Box>
  );
}

function Exports({ backtestId }: { backtestId: string }) {
  const files = (what: string) =>
    (["csv", "xlsx"] as const).map((format) => ({
      label: format.toUpperCase(),
      url: `backtest/${encodeURIComponent(backtestId)}/${what}`,
      params: { format, bom: format === "csv" },
    }));
  return (
    <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, alignItems: "center" }}>
      Series <DownloadButtons of="Series" files={files("time-series")} />
      Trades <DownloadButtons of="Trades" files={files("transactions")} />
    </Box>
  );
}
