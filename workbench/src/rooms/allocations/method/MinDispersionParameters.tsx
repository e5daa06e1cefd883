import { Stack } from "@mui/material";
import type { AllocationSolver } from "../../../api/generated/api";
import { Advanced } from "./Advanced";
import { Choice, NumberInput } from "./fields";
import { MetricFields } from "./MetricFields";
import type { Option } from "./methods";
import { useParameters } from "./useDraftParts";

const SOLVERS: readonly Option<AllocationSolver>[] = [
  { value: "EXACT", title: "Exact", sentence: "The best split in lots, proved." },
  { value: "SLSQP", title: "SLSQP", sentence: "An iteration for up to 300 accounts, then rounded to lots." },
];

/** MIN_DISPERSION: which metric, how accounts count, and how it is solved. */
export function MinDispersionParameters() {
  const [parameters, change] = useParameters("MIN_DISPERSION");
  const solver = parameters.solver ?? "EXACT";
  return (
    <Stack spacing={1}>
      <MetricFields method="MIN_DISPERSION" />
      <Advanced paths={["parameters.solver", "parameters.max_iterations"]}>
        <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", gap: 2 }}>
          <Choice
            label="Solver"
            help="Parameters.solver"
            path="parameters.solver"
            options={SOLVERS}
            value={solver}
            onChange={(next) =>
              change({ solver: next, ...(next === "EXACT" ? { max_iterations: undefined } : {}) })
            }
          />
          <NumberInput
            key={solver}
            label="Most iterations"
            help="Parameters.max_iterations"
            path="parameters.max_iterations"
            kind="rank"
            value={parameters.max_iterations}
            onChange={(max_iterations) => change({ max_iterations })}
            least={1}
            most={100_000}
            disabled={solver === "EXACT"}
            note={solver === "EXACT" ? "The exact solver needs none" : "1000 when left out"}
          />
        </Stack>
      </Advanced>
    </Stack>
  );
}
