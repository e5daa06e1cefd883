import { Alert, Box, Stack, Typography } from "@mui/material";
import { lazy, type ReactNode, Suspense, useDeferredValue, useMemo } from "react";
import type { Allocation } from "../../../api/generated/api";
import { Loading } from "../../../kit/states";
import { type Adjuster, AllocationGrid } from "./AllocationGrid";
import { ChartLegend } from "./ChartLegend";
import { heightOf, pointsOf, rowsIn } from "./chart";
import { Figures } from "./Figures";
import { type AccountRow, rowsOf } from "./rows";
import { WarningsPanel } from "./WarningsPanel";
import { costInWords, dispersionInWords, fairnessInWords, movedInWords, proofInWords } from "./words";

const MetricChart = lazy(() => import("./MetricChart"));

export interface AllocationViewProps {
  allocation: Allocation;
  /** Ids of the acknowledged warnings. */
  acknowledged?: readonly string[];
  /** Warnings can be acknowledged. */
  onAcknowledge?: (ids: string[]) => void;
  /** Beside the warnings: overriding them all, for those who may. */
  override?: ReactNode;
  /** Quantities can be edited. */
  adjuster?: Adjuster;
}

/** One split as it was shown: its figures, its proof, its warnings, and every account. */
export function AllocationView({
  allocation,
  acknowledged = [],
  onAcknowledge,
  override,
  adjuster,
}: AllocationViewProps) {
  const rows = useMemo(() => rowsOf(allocation), [allocation]);
  const warned = allocation.warnings.length > 0;
  return (
    <Stack spacing={1.5}>
      <EvidenceNote allocation={allocation} />
      <Figures allocation={allocation} />
      <Box
        sx={{
          display: "grid",
          gap: 2,
          gridTemplateColumns: {
            xs: "minmax(0, 1fr)",
            lg: warned ? "minmax(0, 1.4fr) minmax(0, 1fr)" : "minmax(0, 1fr)",
          },
        }}
      >
        <Box component="section" aria-label="Dispersion">
          <Dispersion allocation={allocation} />
          <Chart allocation={allocation} rows={rows} />
        </Box>
        {warned && (
          <WarningsPanel
            warnings={allocation.warnings}
            acknowledged={acknowledged}
            given={allocation.commit?.acknowledged_warnings ?? allocation.approval?.acknowledged_warnings}
            onAcknowledge={onAcknowledge}
            override={override}
          />
        )}
      </Box>
      <AllocationGrid allocation={allocation} rows={rows} adjuster={adjuster} />
    </Stack>
  );
}

/** Drawn after the table of accounts: the numbers come first. */
function Chart({ allocation, rows }: { allocation: Allocation; rows: readonly AccountRow[] }) {
  const shown = useDeferredValue<Allocation | null>(allocation, null);
  const points = useMemo(() => pointsOf(rows), [rows]);
  const height = heightOf(rows.length);
  const waiting = (
    <Box sx={{ mt: 0.5 }}>
      {points.length > 0 && <ChartLegend allocation={allocation} points={points} fits={rowsIn(height)} />}
      <Loading label="Loading the chart" height={height} />
    </Box>
  );
  return (
    <Suspense fallback={waiting}>
      {shown ? <MetricChart allocation={shown} height={height} /> : waiting}
    </Suspense>
  );
}

function Dispersion({ allocation }: { allocation: Allocation }) {
  const { dispersion_metrics: dispersion } = allocation.summary;
  const fairness = fairnessInWords(allocation);
  const fell = allocation.summary.optimality?.status === "FALLBACK";
  return (
    <Box sx={{ maxWidth: "100ch" }}>
      <Typography variant="h2">{dispersionInWords(allocation)}</Typography>
      {fell ? (
        <Alert severity="warning" variant="outlined" sx={{ my: 0.5, py: 0 }}>
          {proofInWords(allocation)}
        </Alert>
      ) : (
        <Typography color="textSecondary">{proofInWords(allocation)}</Typography>
      )}
      {fairness && <Typography color="textSecondary">{fairness}</Typography>}
      {allocation.adjustment && (
        <Typography role="status" sx={{ fontWeight: 600 }}>
          {costInWords(allocation.adjustment.cost, dispersion.target_metric)}{" "}
          {movedInWords(allocation.adjustment)}
        </Typography>
      )}
    </Box>
  );
}

function EvidenceNote({ allocation: { evidence_breaks: breaks, errors } }: { allocation: Allocation }) {
  return (
    <>
      {breaks.length > 0 && (
        <Alert severity="error" variant="outlined">
          What is stored is not as the audit trail has it; it cannot be committed.
          <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
            {breaks.map((found) => (
              <li key={`${found.table} ${found.column} ${found.message}`}>{found.message}</li>
            ))}
          </Box>
        </Alert>
      )}
      {errors.length > 0 && (
        <Alert severity="warning" variant="outlined">
          Aladdin gave an error for{" "}
          {errors.length === 1 ? "one of the assets or accounts" : "some assets or accounts"}:
          <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
            {errors.map((error) => (
              <li key={`${error.security_id} ${error.code}`}>
                {error.security_id}: {error.message} ({error.code})
              </li>
            ))}
          </Box>
        </Alert>
      )}
    </>
  );
}
