import { FormControlLabel, Radio, RadioGroup, Stack, Typography } from "@mui/material";
import { useState } from "react";
import {
  type AllocationMethod,
  type FairnessMode,
  type FairnessPolicy,
  type Parameters,
  useGetFairnessPolicyQuery,
} from "../../../../api/generated/api";
import { Help } from "../../../../kit/Help";
import { ErrorNote, Loading } from "../../../../kit/states";
import { NumberInput } from "../fields";
import { toFraction, toPercent } from "../numbers";
import { Refused } from "../Refused";
import { Section } from "../Section";
import { useParameters } from "../useDraftParts";
import { FrontierSlider } from "./FrontierSlider";

const MODE_WORDS: Record<FairnessMode, string> = {
  PER_ORDER: "each order by itself",
  LEDGER: "by what accounts are owed from earlier orders",
};

/** Why the ledger cannot steer the split; null where it can (R16.1). */
function instruction(method: AllocationMethod, parameters: Parameters): string | null {
  if (method === "CUSTOM_WEIGHTS")
    return "Your weights are kept as they are; the ledger records what comes of them.";
  if (method === "PRO_RATA" && (parameters.base_metric ?? "NAV") !== "NAV")
    return "The chosen base is kept as it is; the ledger records what comes of it. By NAV, the ledger could count.";
  return null;
}

/** Whether what accounts are owed from earlier orders counts, and how much. */
export function Fairness({ method }: { method: AllocationMethod }) {
  const [parameters] = useParameters(method);
  const { data: policy, error, refetch } = useGetFairnessPolicyQuery({});
  if (error)
    return (
      <Section title="Fairness over orders">
        <ErrorNote error={error} onRetry={refetch} title="The fairness policy is not known" />
      </Section>
    );
  const kept = instruction(method, parameters);
  return (
    <Section title="Fairness over orders">
      {policy ? (
        <Stack spacing={1.25}>
          <Typography color="textSecondary" sx={{ maxWidth: "100ch" }}>
            Policy in force (version {policy.version}): {policy.statement}
          </Typography>
          {kept ? <Typography>{kept}</Typography> : <Mode method={method} policy={policy} />}
          <Refused path="parameters.fairness" />
        </Stack>
      ) : (
        <Loading label="Loading the fairness policy" height={120} />
      )}
    </Section>
  );
}

function Mode({ method, policy }: { method: AllocationMethod; policy: FairnessPolicy }) {
  const [parameters, change] = useParameters(method);
  const mode = parameters.fairness ?? null;
  const inForce = mode ?? policy.mode;
  const take = (next: string) =>
    change({
      fairness: next === "POLICY" ? undefined : (next as FairnessMode),
      ...(next === "LEDGER" ? {} : { fairness_weight: undefined, max_dispersion_cost: undefined }),
    });
  return (
    <>
      <Stack direction="row" sx={{ alignItems: "center" }}>
        <RadioGroup
          row
          aria-label="Fairness"
          value={mode ?? "POLICY"}
          onChange={(_event, next) => take(next)}
        >
          <FormControlLabel
            value="POLICY"
            control={<Radio />}
            label={`As the policy says (${MODE_WORDS[policy.mode]})`}
          />
          <FormControlLabel value="PER_ORDER" control={<Radio />} label="This order by itself" />
          <FormControlLabel value="LEDGER" control={<Radio />} label="By what accounts are owed" />
        </RadioGroup>
        <Help of="Parameters.fairness" label="fairness" />
      </Stack>
      {method === "MIN_DISPERSION" && inForce === "LEDGER" && <HowMuch policy={policy} />}
    </>
  );
}

type Way = "POLICY" | "COST" | "CURVE";

/** MIN_DISPERSION by the ledger: how much what is owed counts beside the dispersion. */
function HowMuch({ policy }: { policy: FairnessPolicy }) {
  const [parameters, change] = useParameters("MIN_DISPERSION");
  const { fairness_weight: weight, max_dispersion_cost: cost } = parameters;
  const tiered = (parameters.tiers?.length ?? 0) > 0;
  const [way, setWay] = useState<Way>(
    typeof weight === "number" ? "CURVE" : typeof cost === "number" ? "COST" : "POLICY",
  );
  const take = (next: Way) => {
    setWay(next);
    change({ fairness_weight: undefined, max_dispersion_cost: undefined });
  };
  return (
    <Stack spacing={1}>
      <Ways policy={policy} value={way} tiered={tiered} onChange={take} />
      {tiered && (
        <Typography variant="caption" color="textSecondary">
          With tiers the cost of all together is not bounded.
        </Typography>
      )}
      {way === "COST" && <MostCost />}
      <Refused path="parameters.fairness_weight" />
      {way === "CURVE" && <FrontierSlider />}
    </Stack>
  );
}

function Ways(props: { policy: FairnessPolicy; value: Way; tiered: boolean; onChange: (way: Way) => void }) {
  const { policy, value, tiered, onChange } = props;
  const said =
    policy.fairness_weight === null
      ? "The method chooses: nobody is kept more than two pieces from what it is owed"
      : `The policy's weight, ${policy.fairness_weight}`;
  return (
    <Stack direction="row" sx={{ alignItems: "center" }}>
      <RadioGroup
        row
        aria-label="How much what is owed counts"
        value={value}
        onChange={(_event, next) => onChange(next as Way)}
      >
        <FormControlLabel value="POLICY" control={<Radio />} label={said} />
        <FormControlLabel
          value="COST"
          control={<Radio />}
          disabled={tiered}
          label="At most so much more dispersion"
        />
        <FormControlLabel value="CURVE" control={<Radio />} label="A point of the curve" />
      </RadioGroup>
      <Help of="Parameters.fairness_weight" label="how much what is owed counts" />
    </Stack>
  );
}

function MostCost() {
  const [{ max_dispersion_cost: cost }, change] = useParameters("MIN_DISPERSION");
  const percent = typeof cost === "number" ? toPercent(cost) : undefined;
  return (
    <NumberInput
      label="More dispersion, %"
      help="Parameters.max_dispersion_cost"
      path="parameters.max_dispersion_cost"
      kind="percent"
      value={percent}
      onChange={(value) =>
        change({
          fairness: "LEDGER",
          max_dispersion_cost: value === undefined ? undefined : toFraction(value),
        })
      }
      most={100_000}
      note={percent === undefined ? "Such as 10" : `At most ${percent} % above the least`}
    />
  );
}
