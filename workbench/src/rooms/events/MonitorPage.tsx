import { Alert, Box } from "@mui/material";
import { useCallback } from "react";
import {
  api,
  type Listener,
  type MonitorStatus,
  type OptimizationSummary,
  useGetMonitorStatusQuery,
} from "../../api/generated/api";
import { FactStrip } from "../../kit/FactStrip";
import { count, dateTime } from "../../kit/format";
import { IdLink } from "../../kit/links";
import { MoreRows } from "../../kit/MoreRows";
import { NotPermitted } from "../../kit/NotPermitted";
import { Page } from "../../kit/Page";
import { type PlainColumn, PlainTable } from "../../kit/PlainTable";
import { Section } from "../../kit/Section";
import { Empty, ErrorNote, Loading } from "../../kit/states";
import { usePages } from "../../kit/usePages";
import { usePermission } from "../../session/usePermission";
import { useAppDispatch } from "../../store";
import { ChangeList } from "./ChangeList";
import { LISTENERS, OBJECTIVES } from "./monitorWords";
import { PortfolioCells } from "./PortfolioCells";
import { useChanges } from "./useChanges";

const PAGE_ROWS = 20;
const POLL_MILLISECONDS = 15_000;

export default function MonitorPage() {
  if (!usePermission("market-history:read"))
    return <NotPermitted title="Monitor" permission="market-history:read" />;
  return <Monitor />;
}

function Monitor() {
  const followed = useChanges();
  const { data, error, refetch } = useGetMonitorStatusQuery(undefined, {
    pollingInterval: POLL_MILLISECONDS,
    skipPollingIfUnfocused: true,
  });
  return (
    <Page title="Monitor" subtitle="New data, and the portfolios that it recalculates">
      {data ? (
        <Status status={data} />
      ) : error ? (
        <ErrorNote error={error} onRetry={refetch} title="The state of monitoring cannot be read" />
      ) : (
        <Loading label="Reading the state of monitoring" height={120} />
      )}
      <Box
        sx={{
          display: "grid",
          gridTemplateColumns: { xl: "minmax(0, 2fr) minmax(0, 1fr)" },
          columnGap: 3,
          alignItems: "start",
        }}
      >
        <Section title="Optimised portfolios" note="A portfolio is monitored once its monitoring was set">
          <Portfolios />
        </Section>
        <Section title="Changes" note="As they come">
          <ChangeList {...followed} />
        </Section>
      </Box>
    </Page>
  );
}

function Status({ status }: { status: MonitorStatus }) {
  return (
    <>
      {status.status === "degraded" && (
        <Alert severity="warning" variant="outlined" sx={{ mb: 1.5 }}>
          Events may come late: a door has no connection, or events have waited for more than two minutes.
        </Alert>
      )}
      <FactStrip
        facts={[
          ["State", status.status === "active" ? "Active" : "Degraded"],
          ["Portfolios", count(status.active_portfolios)],
          ["Assets", count(status.monitored_assets)],
          ["Pending recalculations", count(status.pending_recalculations)],
          ["Waiting events", count(status.waiting_events)],
          ["Last data", dateTime(status.last_etl_update)],
          ["Last recalculation", dateTime(status.last_recalculation)],
          ...status.listeners.map((each) => [doorName(each), doorWords(each)] as const),
        ]}
      />
    </>
  );
}

function doorName({ name }: Listener): string {
  return name === "NOTIFY" ? "Door of PostgreSQL" : "Door of Supabase";
}

function doorWords({ state, reason, changed_at }: Listener): string {
  if (state === "OFF") return LISTENERS.OFF;
  return `${LISTENERS[state]} since ${dateTime(changed_at)}${reason ? `: ${reason}` : ""}`;
}

const COLUMNS: readonly PlainColumn<OptimizationSummary>[] = [
  { name: "Portfolio", cell: ({ portfolio_id }) => <IdLink of="monitored" id={portfolio_id} /> },
  { name: "Objective", cell: ({ objective }) => OBJECTIVES[objective] },
  { name: "Risk", cell: ({ risk_measure }) => risk_measure },
  { name: "Assets", right: true, cell: ({ asset_count }) => count(asset_count) },
  { name: "Made", cell: ({ timestamp, created_by }) => `${dateTime(timestamp)} by ${created_by}` },
  {
    name: "Monitoring",
    cell: ({ portfolio_id }) => <PortfolioCells portfolioId={portfolio_id} />,
  },
];

function Portfolios() {
  const dispatch = useAppDispatch();
  const read = useCallback(
    async (cursor: string | undefined) => {
      const page = await dispatch(
        api.endpoints.listOptimizedPortfolios.initiate(
          { cursor, limit: PAGE_ROWS },
          { forceRefetch: true, subscribe: false },
        ),
      ).unwrap();
      return { rows: page.portfolios, next: page.next_cursor };
    },
    [dispatch],
  );
  const { rows, next, error, busy, more, again } = usePages(read);
  if (!rows && error)
    return <ErrorNote error={error} onRetry={again} title="The portfolios cannot be read" />;
  if (!rows) return <Loading label="Reading the portfolios" height={240} />;
  if (rows.length === 0)
    return (
      <Empty title="No optimised portfolios yet">
        A portfolio that was optimised can be monitored: it is recalculated when new data moves it.
      </Empty>
    );
  return (
    <>
      <PlainTable
        label="Optimised portfolios"
        rows={rows}
        columns={COLUMNS}
        rowKey={({ portfolio_id }) => portfolio_id}
      />
      {error !== null && <ErrorNote error={error} title="The next portfolios cannot be read" />}
      <MoreRows shown={rows.length} what="portfolios" next={next} busy={busy} onMore={more} />
    </>
  );
}
