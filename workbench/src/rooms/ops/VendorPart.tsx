import {
  Box,
  LinearProgress,
  Stack,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableRow,
  Typography,
} from "@mui/material";
import { type Circuit, useGetVendorStateQuery } from "../../api/generated/api";
import { count, timeOfDay } from "../../kit/format";
import { ErrorNote, Loading } from "../../kit/states";

const POLL_MILLISECONDS = 5_000;

const CIRCUIT: Record<Circuit, string> = {
  CLOSED: "answers",
  OPEN: "failed, not asked for now",
  HALF_OPEN: "failed, asked once to see",
};

/** What Aladdin has answered lately, and how much of its quotas is used, as the answering process knows it. */
export function VendorPart() {
  const { data, error, refetch } = useGetVendorStateQuery(undefined, {
    pollingInterval: POLL_MILLISECONDS,
    skipPollingIfUnfocused: true,
  });
  if (error && !data) return <ErrorNote error={error} onRetry={refetch} />;
  if (!data) return <Loading label="Loading the state of Aladdin" height={280} />;
  return (
    <Stack spacing={1}>
      {error && (
        <ErrorNote error={error} onRetry={refetch} title="These numbers are not refreshed any more" />
      )}
      <Typography color="textSecondary">
        {`${count(data.waiting_requests)} of at most ${count(data.max_vendor_requests)} requests wait for Aladdin. Quotas are for ${count(data.window_seconds)} seconds; numbers are of the server process that answered.`}
      </Typography>
      <Table aria-label="Calls to Aladdin">
        <TableHead>
          <TableRow>
            <TableCell>Call</TableCell>
            <TableCell sx={{ width: "40%" }}>Quota used</TableCell>
            <TableCell>State</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {data.apis.map((each) => (
            <TableRow key={`${each.api} ${each.name}`}>
              <TableCell component="th" scope="row">
                {each.name}
              </TableCell>
              <TableCell>
                <Stack direction="row" spacing={1} sx={{ alignItems: "center" }}>
                  <LinearProgress
                    variant="determinate"
                    value={Math.min(100, (100 * each.used) / each.quota_per_window)}
                    color={each.used > 0.8 * each.quota_per_window ? "warning" : "primary"}
                    aria-label={`Quota of ${each.name}`}
                    sx={{ flexGrow: 1, height: 6, borderRadius: 3, bgcolor: "divider" }}
                  />
                  <Box
                    component="span"
                    sx={{ width: { xs: "4em", sm: "7em" }, flexShrink: 0, textAlign: "right" }}
                  >
                    {`${count(each.used)} of ${count(each.quota_per_window)}`}
                  </Box>
                </Stack>
              </TableCell>
              <TableCell>
                {CIRCUIT[each.circuit]}
                {each.retry_at && ` until ${timeOfDay(each.retry_at)}`}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Stack>
  );
}
