import { Alert, Box, Button } from "@mui/material";
import { Link, useParams } from "react-router-dom";
import {
  type PortfolioStatus,
  type Recalculation,
  useGetMonitoredPortfolioQuery,
  useRecalculatePortfolioMutation,
} from "../../api/generated/api";
import { sendSafely } from "../../api/safely";
import { FactStrip } from "../../kit/FactStrip";
import { count, dateTime, shortId, timeOfDay } from "../../kit/format";
import { NotPermitted } from "../../kit/NotPermitted";
import { NotRead } from "../../kit/NotRead";
import { Page } from "../../kit/Page";
import { type PlainColumn, PlainTable } from "../../kit/PlainTable";
import { Section } from "../../kit/Section";
import { ErrorNote, Loading } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { ChangeList } from "./ChangeList";
import { MonitorFields } from "./MonitorFields";
import { REASONS, STATES, secondsWords } from "./monitorWords";
import { useChanges } from "./useChanges";

export default function MonitoredPage() {
  const { portfolioId = "" } = useParams();
  if (!usePermission("market-history:read"))
    return <NotPermitted title="Monitor" permission="market-history:read" />;
  return <Loaded key={portfolioId} portfolioId={portfolioId} />;
}

function Loaded({ portfolioId }: { portfolioId: string }) {
  const maySet = usePermission("monitoring:write");
  const { data, error, refetch } = useGetMonitoredPortfolioQuery({ portfolioId });
  const followed = useChanges();
  const changes = followed.changes.filter(({ portfolio_id }) => portfolio_id === portfolioId);
  return (
    <Page
      title={`Monitor ${shortId(portfolioId)}`}
      subtitle={data && `${count(data.assets.length)} assets: ${data.assets.join(", ")}`}
      actions={
        <Button component={Link} to="/monitor" variant="outlined">
          All portfolios
        </Button>
      }
    >
      {data ? (
        <>
          <Status status={data} />
          {maySet && <RecalculateNow portfolioId={portfolioId} />}
          <Section title="Recalculations" note="The last ones, newest first">
            <Recalculations found={data.recalculations} />
          </Section>
          <Section title="Changes" note="Of this portfolio, as they come">
            <ChangeList {...followed} changes={changes} />
          </Section>
          <Section title="How it is monitored" note={maySet ? undefined : "Needs monitoring:write to change"}>
            {/* A version that is stored by somebody else is shown anew, and what was typed against it is gone. */}
            <MonitorFields key={data.version} status={data} readOnly={!maySet} />
          </Section>
        </>
      ) : error ? (
        <NotRead
          what="portfolio"
          error={error}
          onRetry={refetch}
          all={{ to: "/monitor", label: "All portfolios" }}
        />
      ) : (
        <Loading label="Reading the portfolio" height="60vh" />
      )}
    </Page>
  );
}

function Status({ status }: { status: PortfolioStatus }) {
  const { config, version } = status;
  return (
    <FactStrip
      facts={[
        ["Monitoring", version === 0 ? "Not set yet" : `Version ${version}`],
        ["By itself", version > 0 && config.automatic_recalculation ? "Yes" : "No"],
        ["Between two recalculations", secondsWords(config.minimum_interval)],
        ["Last recalculation", dateTime(status.last_recalculation)],
        ["Next scheduled", dateTime(status.next_scheduled_at)],
        ["In 24 hours", `${count(status.recalculations_of_day)} of at most ${count(status.max_per_day)}`],
      ]}
    />
  );
}

function RecalculateNow({ portfolioId }: { portfolioId: string }) {
  const [ask, { data, error, isLoading }] = useRecalculatePortfolioMutation();
  const submit = () =>
    void sendSafely((key) => ask({ "Idempotency-Key": key, portfolioId }).unwrap()).catch(() => {
      // It is shown.
    });
  return (
    <Box sx={{ mt: 2 }}>
      <Button variant="contained" loading={isLoading} onClick={submit}>
        Recalculate now
      </Button>
      <Box role="status" sx={{ mt: 1 }}>
        {data && !isLoading && (
          <Alert severity="success" variant="outlined">
            Asked for at {timeOfDay(data.request_time)}
            {data.estimated_completion && `; done at about ${timeOfDay(data.estimated_completion)}`}.
          </Alert>
        )}
      </Box>
      {error !== undefined && !isLoading && (
        <ErrorNote error={error} title="No recalculation was asked for" />
      )}
    </Box>
  );
}

const COLUMNS: readonly PlainColumn<Recalculation>[] = [
  { name: "Last event", cell: ({ last_event_at }) => dateTime(last_event_at) },
  { name: "State", cell: ({ state }) => STATES[state] },
  { name: "Reason", cell: ({ reason }) => REASONS[reason] },
  { name: "Events", right: true, cell: ({ event_count }) => count(event_count) },
  { name: "By", cell: ({ requested_by }) => requested_by },
  { name: "Due", cell: ({ due_at }) => dateTime(due_at) },
  { name: "Over", cell: ({ ended_at }) => dateTime(ended_at) },
  { name: "Result", cell: ({ result }) => <ResultId path={result} /> },
];

/** The id of the portfolio that a recalculation made. */
function ResultId({ path }: { path: string | null }) {
  const id = path?.split("/").at(-1);
  if (!id) return "–";
  return <Link to={`/monitor/${id}`}>{shortId(decodeURIComponent(id))}</Link>;
}

function Recalculations({ found }: { found: readonly Recalculation[] }) {
  if (found.length === 0) return <p>It was not recalculated yet.</p>;
  return (
    <PlainTable
      label="Recalculations"
      rows={found}
      columns={COLUMNS}
      rowKey={({ recalculation_id }) => recalculation_id}
    />
  );
}
