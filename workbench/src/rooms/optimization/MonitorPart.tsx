import { FormControlLabel, Switch, Typography } from "@mui/material";
import {
  type MonitorConfig,
  type PortfolioStatus,
  useGetMonitoredPortfolioQuery,
  usePutMonitorConfigMutation,
} from "../../api/generated/api";
import { sendSafely } from "../../api/safely";
import { Section } from "../../kit/Section";
import { ErrorNote, Loading } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { configBody, isMonitored, monitorWords } from "./monitoring";

/** Whether new prices optimise the portfolio anew; the rest of how it is monitored stays as it is. */
export function MonitorPart({ portfolioId }: { portfolioId: string }) {
  const { currentData, error, refetch } = useGetMonitoredPortfolioQuery({ portfolioId });
  return (
    <Section title="Monitoring">
      {currentData ? (
        <MonitorSwitch status={currentData} />
      ) : error ? (
        <ErrorNote error={error} onRetry={refetch} title="It is not known how the portfolio is monitored" />
      ) : (
        <Loading label="Reading how it is monitored" height={60} />
      )}
    </Section>
  );
}

function MonitorSwitch({ status }: { status: PortfolioStatus }) {
  const may = usePermission("monitoring:write");
  const [put, { error, isLoading }] = usePutMonitorConfigMutation();
  const change = (monitorConfig: MonitorConfig) =>
    void sendSafely((key) =>
      put({ portfolioId: status.portfolio_id, "Idempotency-Key": key, monitorConfig }).unwrap(),
    ).catch(() => {}); // The error is shown.
  return (
    <>
      <FormControlLabel
        control={
          <Switch
            checked={isMonitored(status)}
            disabled={!may || isLoading}
            onChange={(_event, checked) => change(configBody(status, checked))}
          />
        }
        label="Optimise anew when its data changes"
      />
      <Typography role="status" color="textSecondary">
        {monitorWords(status)}
        {!may && " Changing it needs monitoring:write."}
      </Typography>
      {error && !isLoading && <ErrorNote error={error} title="How it is monitored was not changed" />}
    </>
  );
}
