import { Button, Table, TableBody, TableCell, TableHead, TableRow, Typography } from "@mui/material";
import { lazy } from "react";
import { Link, useParams } from "react-router-dom";
import { type GroupDrift, useGetGroupDriftQuery } from "../../api/generated/api";
import { problemOf } from "../../api/problems";
import { count, metric, words } from "../../kit/format";
import { PAGE_OF } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { NotRead } from "../../kit/NotRead";
import { Page } from "../../kit/Page";
import { Section } from "../../kit/Section";
import { Loading } from "../../kit/states";
import { UrlTabs } from "../../kit/UrlTabs";
import { usePermission } from "../../session/usePermission";
import { ProposeButton } from "../proposals/ProposeButton";
import { BookFacts } from "./AccountDriftPage";
import { HeatMap } from "./HeatMap";
import { NoTargets } from "./NoTargets";
import { DriftParts } from "./SetDriftPart";
import { WarningList } from "./WarningList";

const HistoryTab = lazy(() => import("./history/HistoryTab"));

export default function GroupDriftPage() {
  const { groupId = "" } = useParams();
  if (!usePermission("portfolios:read")) return <NotPermitted title="Drift" permission="portfolios:read" />;
  return <Loaded key={groupId} groupId={groupId} />;
}

function Loaded({ groupId }: { groupId: string }) {
  const measured = useGetGroupDriftQuery({ groupId });
  const { data } = measured;
  return (
    <Page
      title={`Drift of ${groupId}`}
      subtitle={data && data.group_name !== groupId && data.group_name}
      actions={
        <>
          <Button component={Link} to={PAGE_OF.group(groupId)} variant="outlined">
            Open the group
          </Button>
          {data && <ProposeButton scope="GROUP" id={groupId} />}
        </>
      }
    >
      <UrlTabs
        label={`Drift of ${groupId}`}
        tabs={[
          { value: "", label: "Now", content: <Now groupId={groupId} measured={measured} /> },
          { value: "history", label: "History", content: <HistoryTab scope="GROUP" id={groupId} /> },
        ]}
      />
    </Page>
  );
}

function Now({
  groupId,
  measured: { data, error, refetch },
}: {
  groupId: string;
  measured: { data?: GroupDrift; error?: unknown; refetch: () => void };
}) {
  if (data) return <Shown group={data} />;
  if (problemOf(error)?.code === "NO_TARGETS") return <NoTargets scope="GROUP" id={groupId} />;
  if (error)
    return (
      <NotRead what="group" error={error} onRetry={refetch} all={{ to: "/drift", label: "All accounts" }} />
    );
  return <Loading label="Measuring the group" height="60vh" />;
}

function Shown({ group }: { group: GroupDrift }) {
  const { whole, accounts, group_id } = group;
  return (
    <>
      <BookFacts book={whole} measured={group.timestamp} />
      <WarningList warnings={whole.warnings} />
      {whole.drifts.length === 0 && whole.nav !== null && (
        <Typography sx={{ mt: 1 }}>
          The group has no targets of its own; its accounts are measured against theirs.
        </Typography>
      )}
      <DriftParts book={whole} of={group_id} />
      <HeatMap accounts={accounts} />
      <Section
        title="Dispersion of the accounts"
        note="How far the accounts are from each other; OAS and DTS in basis points, all else in years"
      >
        <Dispersion group={group} />
      </Section>
    </>
  );
}

function Dispersion({ group: { dispersion } }: { group: GroupDrift }) {
  return (
    <Table aria-label="Dispersion" sx={{ maxWidth: 800 }}>
      <TableHead>
        <TableRow>
          {["Metric", "Standard deviation", "Mean", "Farthest from the mean", "Accounts"].map(
            (name, place) => (
              <TableCell key={name} align={place === 0 ? "left" : "right"}>
                {name}
              </TableCell>
            ),
          )}
        </TableRow>
      </TableHead>
      <TableBody>
        {dispersion.map((each) => (
          <TableRow key={each.metric}>
            <TableCell component="th" scope="row">
              {words(each.metric)}
            </TableCell>
            <TableCell align="right">{metric(each.std_dev)}</TableCell>
            <TableCell align="right">{metric(each.mean)}</TableCell>
            <TableCell align="right">{metric(each.max_deviation)}</TableCell>
            <TableCell align="right">{count(each.accounts)}</TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
