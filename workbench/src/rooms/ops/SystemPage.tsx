import { Box, Link, Paper, Stack, Typography } from "@mui/material";
import type { ReactNode } from "react";
import { useGetDeskQuery, useGetSystemStatusQuery, useReadyQuery } from "../../api/generated/api";
import { messageOf, problemOf } from "../../api/problems";
import { Facts } from "../../kit/Facts";
import { count, date, face, money } from "../../kit/format";
import { Page } from "../../kit/Page";
import { ErrorNote, Loading } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { UsagePart } from "../requests/UsagePart";
import { StopControl } from "../safety/StopControl";
import { VendorPart } from "./VendorPart";

const POLL_MILLISECONDS = 10_000;

/** Whether the service can work, on which data, and the emergency stop. */
export default function SystemPage() {
  const mayAudit = usePermission("audit:read");
  return (
    <Page
      title="System"
      actions={
        <Stack direction="row" spacing={2}>
          <Link href="docs">API documentation</Link>
          <Link href="third-party-licences.txt">Licences of other people's code</Link>
        </Stack>
      }
    >
      <Box
        sx={{
          display: "grid",
          gridTemplateColumns: { lg: "minmax(0, 1fr) minmax(0, 1fr)" },
          gap: 2,
          alignItems: "start",
        }}
      >
        <Stack spacing={2}>
          <Part title="Emergency stop">
            <StopControl />
          </Part>
          <Part title="Readiness">
            <Readiness />
          </Part>
          <Part title="Desk">
            <DeskSettings />
          </Part>
        </Stack>
        <Part title="Aladdin">
          <VendorPart />
        </Part>
      </Box>
      {mayAudit && (
        <Box sx={{ mt: 2 }}>
          <Part title="Usage">
            <UsagePart />
          </Part>
        </Box>
      )}
    </Page>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper component="section" aria-label={title} sx={{ p: 2 }}>
      <Typography variant="h2" sx={{ mb: 1 }}>
        {title}
      </Typography>
      {children}
    </Paper>
  );
}

function Readiness() {
  const { data: ready, error } = useReadyQuery(undefined, {
    pollingInterval: POLL_MILLISECONDS,
    skipPollingIfUnfocused: true,
  });
  const { data: status } = useGetSystemStatusQuery();
  if (!ready && !error) return <Loading label="Loading the readiness" height={120} />;
  const problem = problemOf(error);
  return (
    <>
      <Typography role="status" sx={{ mb: 1 }}>
        {problem
          ? `Not ready. ${messageOf(error)}`
          : error
            ? messageOf(error)
            : "Ready: the database and Aladdin answer."}
      </Typography>
      {status && (
        <Facts
          label="Data and version"
          facts={[
            ["Aladdin", status.mode === "real" ? "the real one" : "simulator"],
            ["Environment", status.environment],
            ["Business date", date(status.business_date)],
            ["Data of", date(status.reference_date)],
            ["Age in business days", count(status.reference_age_business_days)],
            ["Redis", ready?.redis ?? "not used"],
            ["Different at Aladdin", ready ? `${count(ready.different_orders)} orders` : "–"],
            ["Version", status.version],
          ]}
        />
      )}
    </>
  );
}

function DeskSettings() {
  const { data: desk, error, refetch } = useGetDeskQuery();
  if (error && !desk) return <ErrorNote error={error} onRetry={refetch} />;
  if (!desk) return <Loading label="Loading the desk's settings" height={120} />;
  return (
    <Facts
      label="Settings of the desk"
      facts={[
        ["5m means", desk.quantity_m === "MILLION" ? "5,000,000" : "5,000"],
        ["Asks above", face(desk.warn_above_quantity)],
        ["Refuses above", desk.max_quantity === null ? "no limit" : face(desk.max_quantity)],
        [
          "Approval above",
          desk.approval_above_notional === null ? "never" : money(desk.approval_above_notional),
        ],
        ["Approval for warnings", desk.approval_for_warnings ? "yes" : "no"],
        ["A preview holds", `${count(desk.preview_minutes)} minutes`],
        ["Price may move by", `${desk.price_band_percent} %`],
        ["Days begin in", desk.business_timezone],
      ]}
    />
  );
}
