import { Alert, Button, Stack, ToggleButton, ToggleButtonGroup } from "@mui/material";
import { useState } from "react";
import { Advanced } from "./Advanced";
import { AmountsGrid, type AmountsGridProps } from "./AmountsGrid";
import { type AmountColumn, amountsOfWeights, weightsOfAmounts } from "./amounts";
import { useFault } from "./faults";
import { Flag } from "./fields";
import { METRIC_PATHS, MetricFields } from "./MetricFields";
import { Refused } from "./Refused";
import { StatedAmounts } from "./StatedAmounts";
import { useParameters } from "./useDraftParts";
import { echoOfWeight, equalShares, sharesOf, sumsToWhole, sumText, weightRows } from "./weights";

const PERCENT: AmountColumn[] = [
  { key: "weight", header: "Weight %", kind: "percent", needed: true, most: 100 },
];
const PARTS: AmountColumn[] = [{ key: "weight", header: "Weight", kind: "parts", needed: true }];

type Way = "WEIGHTS" | "AMOUNTS";

/** CUSTOM_WEIGHTS: weights by account, or stated amounts. */
export function CustomWeightsParameters() {
  const [parameters, change] = useParameters("CUSTOM_WEIGHTS");
  const stated = parameters.allocations?.length ?? 0;
  const weighted = Object.keys(parameters.weights ?? {}).length;
  const [way, setWay] = useState<Way>(stated > 0 ? "AMOUNTS" : "WEIGHTS");
  return (
    <Stack spacing={1.5}>
      <ToggleButtonGroup
        exclusive
        size="small"
        value={way}
        onChange={(_event, next: Way | null) => setWay(next ?? way)}
        aria-label="Weights or stated amounts"
      >
        <ToggleButton value="WEIGHTS">Weights</ToggleButton>
        <ToggleButton value="AMOUNTS">Stated amounts</ToggleButton>
      </ToggleButtonGroup>
      {way === "WEIGHTS" && stated > 0 && (
        <Either
          words={`${stated} stated amounts are there: weights cannot be used beside them.`}
          label="Clear the amounts"
          onClear={() =>
            change({ allocations: undefined, remainder_handling: undefined, allow_partial: undefined })
          }
        />
      )}
      {way === "AMOUNTS" && weighted > 0 && (
        <Either
          words={`${weighted} weights are there: stated amounts cannot be used beside them.`}
          label="Clear the weights"
          onClear={() => change({ weights: undefined, normalize: undefined, redistribute: undefined })}
        />
      )}
      {way === "WEIGHTS" ? <Weights /> : <StatedAmounts />}
      <Advanced label="Metric that is reported" paths={METRIC_PATHS}>
        <MetricFields method="CUSTOM_WEIGHTS" />
      </Advanced>
    </Stack>
  );
}

function Either({ words, label, onClear }: { words: string; label: string; onClear: () => void }) {
  useFault("Weights or amounts", words);
  return (
    <Alert severity="warning" variant="outlined" action={<Button onClick={onClear}>{label}</Button>}>
      {words}
    </Alert>
  );
}

function Weights() {
  const [parameters, change] = useParameters("CUSTOM_WEIGHTS");
  const normalize = parameters.normalize ?? false;
  const amounts = amountsOfWeights(parameters);
  const words = sumText(amounts, normalize);
  const whole = sumsToWhole(amounts, normalize);
  useFault("Weights", whole || (parameters.allocations?.length ?? 0) > 0 ? null : words);
  return (
    <>
      <AmountsGrid
        label="Weights by account"
        columns={normalize ? PARTS : PERCENT}
        amounts={amounts}
        onChange={(next) => change({ weights: weightsOfAmounts(next) })}
        status={words}
        statusIsGood={whole}
        echo={(account, _key, value) => (normalize ? null : echoOfWeight(account, value))}
        fills={FILLS}
      />
      <Refused path="parameters.weights" />
      <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", columnGap: 3 }}>
        <Flag
          label="Scale to 100 %"
          help="Parameters.normalize"
          path="parameters.normalize"
          checked={normalize}
          onChange={(checked) => change({ normalize: checked || undefined })}
        />
        <Flag
          label="Give what an account cannot take to the others"
          help="Parameters.redistribute"
          path="parameters.redistribute"
          checked={parameters.redistribute ?? false}
          onChange={(checked) => change({ redistribute: checked || undefined })}
        />
      </Stack>
    </>
  );
}

const FILLS: AmountsGridProps["fills"] = [
  {
    label: "Equal",
    make: (accounts) => weightRows(equalShares(accounts.map(({ account_id }) => account_id))),
  },
  {
    label: "By NAV",
    make: (accounts) =>
      weightRows(sharesOf(Object.fromEntries(accounts.map(({ account_id, nav }) => [account_id, nav ?? 0])))),
  },
];
