import {
  Button,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
  Typography,
} from "@mui/material";
import { useState } from "react";
import { Link, useParams } from "react-router-dom";
import { type Alert, type AlertEvent, useGetAlertQuery } from "../../api/generated/api";
import { FactStrip } from "../../kit/FactStrip";
import { count, dateTime, UNKNOWN } from "../../kit/format";
import { NotRead } from "../../kit/NotRead";
import { Page } from "../../kit/Page";
import { Section } from "../../kit/Section";
import { Loading } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { AcknowledgeDialog } from "./AcknowledgeDialog";
import { eventWords, RULES, STATES } from "./alertWords";
import { SeverityMark } from "./SeverityMark";

const POLL_MILLISECONDS = 15_000;

export default function AlertPage() {
  const { alertId = "" } = useParams();
  return <Loaded key={alertId} alertId={alertId} />;
}

function Loaded({ alertId }: { alertId: string }) {
  const { data, error, refetch } = useGetAlertQuery(
    { alertId },
    { pollingInterval: POLL_MILLISECONDS, skipPollingIfUnfocused: true },
  );
  return (
    <Page
      title={data ? `Alert: ${RULES[data.alert.rule]}` : "Alert"}
      subtitle={data?.alert.subject}
      actions={data && <Actions alert={data.alert} />}
    >
      {data ? (
        <>
          <Shown alert={data.alert} />
          <History events={data.events} />
        </>
      ) : error ? (
        <NotRead
          what="alert"
          error={error}
          onRetry={refetch}
          all={{ to: "/alerts?state=ALL", label: "All alerts" }}
        />
      ) : (
        <Loading label="Reading the alert" height="40vh" />
      )}
    </Page>
  );
}

function Actions({ alert }: { alert: Alert }) {
  const [isAsked, setAsked] = useState(false);
  const may = usePermission("alerts:acknowledge");
  return (
    <>
      {alert.link && (
        <Button component={Link} to={alert.link} variant="outlined">
          Open what it is about
        </Button>
      )}
      {may && alert.state === "OPEN" && (
        <Button variant="contained" onClick={() => setAsked(true)}>
          Acknowledge
        </Button>
      )}
      {isAsked && <AcknowledgeDialog alert={alert} onClose={() => setAsked(false)} />}
    </>
  );
}

function Shown({ alert }: { alert: Alert }) {
  return (
    <>
      <Typography sx={{ mb: 1.5, maxWidth: "90ch" }}>
        <SeverityMark severity={alert.severity} /> {alert.text}
      </Typography>
      <FactStrip
        facts={[
          ["State", STATES[alert.state]],
          ["Found", dateTime(alert.opened_at)],
          ["Last seen", dateTime(alert.last_seen_at)],
          ["Times", count(alert.count)],
          ["Groups", alert.groups.length > 0 ? alert.groups.join(", ") : "The whole desk"],
          ["Becomes critical", dateTime(alert.escalates_at)],
          ["Acknowledged by", alert.acknowledged_by ?? UNKNOWN],
          ["Note", alert.note ?? UNKNOWN],
          ["Resolved", dateTime(alert.resolved_at)],
        ]}
      />
    </>
  );
}

function History({ events }: { events: readonly AlertEvent[] }) {
  return (
    <Section title="History" note="Oldest first">
      <TableContainer tabIndex={0} role="region" aria-label="What happened to the alert">
        <Table aria-label="History" sx={{ maxWidth: 1100 }}>
          <TableHead>
            <TableRow>
              {["When", "What happened", "Severity then", "What it said", "Note"].map((name) => (
                <TableCell key={name}>{name}</TableCell>
              ))}
            </TableRow>
          </TableHead>
          <TableBody sx={{ "& td": { verticalAlign: "top" } }}>
            {events.map((event) => (
              <TableRow key={event.event_id}>
                <TableCell sx={{ whiteSpace: "nowrap" }}>{dateTime(event.at)}</TableCell>
                <TableCell>{eventWords(event)}</TableCell>
                <TableCell>
                  <SeverityMark severity={event.severity} />
                </TableCell>
                <TableCell>{event.text}</TableCell>
                <TableCell>{event.note ?? UNKNOWN}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
    </Section>
  );
}
