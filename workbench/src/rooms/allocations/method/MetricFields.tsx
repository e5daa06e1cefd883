import { Stack } from "@mui/material";
import type { AllocationMethod } from "../../../api/generated/api";
import { Choice, NumberInput } from "./fields";
import { METRICS, WEIGHTINGS } from "./methods";
import { useParameters } from "./useDraftParts";

export const METRIC_PATHS = ["parameters.target_metric", "parameters.weighting", "parameters.tolerance"];

/** The metric whose dispersion is reported, by MIN_DISPERSION also what is minimised. */
export function MetricFields({ method }: { method: AllocationMethod }) {
  const [parameters, change] = useParameters(method);
  return (
    <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", gap: 2 }}>
      <Choice
        label="Metric"
        help="Parameters.target_metric"
        path="parameters.target_metric"
        options={METRICS}
        value={parameters.target_metric ?? "ACTIVE_SPREAD_DURATION"}
        onChange={(target_metric) => change({ target_metric })}
      />
      <Choice
        label="Accounts count"
        help="Parameters.weighting"
        path="parameters.weighting"
        options={WEIGHTINGS}
        value={parameters.weighting ?? "EQUAL"}
        onChange={(weighting) => change({ weighting })}
      />
      <NumberInput
        label="Tolerance"
        help="Parameters.tolerance"
        path="parameters.tolerance"
        kind="parts"
        value={parameters.tolerance}
        onChange={(tolerance) => change({ tolerance })}
        least={0.000000001}
        most={1_000_000}
        note={parameters.tolerance === undefined ? "0.05 when left out" : undefined}
      />
    </Stack>
  );
}
