import { Button, Typography } from "@mui/material";
import { type ComponentType, lazy, Suspense, useCallback, useDeferredValue, useState } from "react";
import { Link, useNavigate } from "react-router-dom";
import type { AllocationMethod } from "../../../api/generated/api";
import { loadAhead } from "../../../kit/loadAhead";
import { Loading } from "../../../kit/states";
import { useAppDispatch, useAppSelector } from "../../../store";
import { draftChanged, selectDraft, selectPreviewRequest } from "../draftSlice";
import { StepFooter } from "../wizard/StepFooter";
import { stepAddress } from "../wizard/steps";
import { CustomWeightsParameters } from "./CustomWeightsParameters";
import { Fairness } from "./fairness/Fairness";
import { FaultsContext } from "./faults";
import { MethodCards } from "./MethodCards";
import { MinDispersionParameters } from "./MinDispersionParameters";
import { METHODS } from "./methods";
import { ProRataParameters } from "./ProRataParameters";
import { Section } from "./Section";

// The next step, with its grid and chart, is loaded while this one is filled in.
loadAhead(() => import("../preview/PreviewStep"));

const Wishes = lazy(() => import("./wishes/Wishes"));

const PARAMETERS: Record<AllocationMethod, ComponentType> = {
  PRO_RATA: ProRataParameters,
  CUSTOM_WEIGHTS: CustomWeightsParameters,
  MIN_DISPERSION: MinDispersionParameters,
};

type Faults = Readonly<Record<string, string>>;
const NO_FAULTS: Faults = {};

/** Step 2: how the order is split, the wishes of this order, and fairness over orders. */
export default function MethodStep() {
  const dispatch = useAppDispatch();
  const { method, revision } = useAppSelector(selectDraft);
  // By method: what is still drawn of the one before says nothing about the one that is chosen.
  const [faults, setFaults] = useState<Partial<Record<AllocationMethod, Faults>>>({});
  // The choice is seen at once; what belongs to it is drawn behind it.
  const shown = useDeferredValue(method);
  const report = useCallback(
    (field: string, fault: string | null) => {
      setFaults((all) => {
        const before = all[shown] ?? NO_FAULTS;
        if ((before[field] ?? null) === fault) return all;
        const { [field]: _, ...others } = before;
        return { ...all, [shown]: fault === null ? others : { ...others, [field]: fault } };
      });
    },
    [shown],
  );
  const Parameters = PARAMETERS[shown];
  const title = METHODS.find(({ value }) => value === shown)?.title ?? "";
  return (
    <FaultsContext value={report}>
      <MethodCards value={method} onChange={(next) => dispatch(draftChanged({ method: next }))} />
      <Section title={title}>
        <Parameters key={`${shown} ${revision}`} />
      </Section>
      <Fairness key={`${shown} ${revision}`} method={shown} />
      <Suspense fallback={<Loading label="Loading the wishes" height={60} />}>
        <Wishes key={revision} />
      </Suspense>
      <Footer faults={faults[method] ?? NO_FAULTS} />
    </FaultsContext>
  );
}

function Footer({ faults }: { faults: Faults }) {
  const navigate = useNavigate();
  const request = useAppSelector(selectPreviewRequest);
  const [first] = Object.entries(faults);
  const why = first
    ? `${first[0]}: ${first[1]}`
    : request
      ? null
      : "Security, size and groups are missing: go back to Order Entry.";
  return (
    <StepFooter back="order-entry">
      <Typography id="why-no-preview" color="warning.main" sx={{ flexShrink: 1, textAlign: "right" }}>
        {why}
      </Typography>
      <Button component={Link} to="/compare" variant="outlined" disabled={!request}>
        Compare methods
      </Button>
      <Button
        variant="contained"
        disabled={why !== null}
        aria-describedby="why-no-preview"
        onClick={() => void navigate(stepAddress("preview"))}
      >
        Preview
      </Button>
    </StepFooter>
  );
}
