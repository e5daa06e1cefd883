import { Box, Button, Typography } from "@mui/material";
import { visuallyHidden } from "@mui/utils";
import { type ComponentType, lazy, Suspense, useCallback } from "react";
import { Link, Navigate, useNavigate, useParams } from "react-router-dom";
import { NotPermitted } from "../../kit/NotPermitted";
import { Page } from "../../kit/Page";
import { Empty, Loading } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { useAppSelector } from "../../store";
import { selectDraft } from "./draftSlice";
import EntryStep from "./entry/EntryStep";
import { beginOrder } from "./wizard/beginOrder";
import { orderSummary } from "./wizard/orderSummary";
import { Stepper } from "./wizard/Stepper";
import { ENTRY_FORM, isStep, STEPS, type StepPath, stepAddress } from "./wizard/steps";
import { useOrderFaults } from "./wizard/useReach";

const STEP_PARTS: Record<StepPath, ComponentType> = {
  // In one part with the page: it is what the page begins with.
  "order-entry": EntryStep,
  "allocation-method": lazy(() => import("./method/MethodStep")),
  preview: lazy(() => import("./preview/PreviewStep")),
};

export default function WorkbenchPage() {
  const { step } = useParams();
  const permitted = usePermission("allocations:preview");
  if (!permitted) return <NotPermitted title="Workbench" permission="allocations:preview" />;
  if (!isStep(step)) return <Navigate to={stepAddress("order-entry")} replace />;
  return <Wizard step={step} />;
}

/** The three steps of an order, with the order always in sight. */
function Wizard({ step }: { step: StepPath }) {
  const navigate = useNavigate();
  const draft = useAppSelector(selectDraft);
  const faults = useOrderFaults();
  const blocked = faults !== null && faults.length > 0 ? `Order Entry first: ${faults.join(" ")}` : null;
  const open = useCallback(
    (next: StepPath) => {
      const form = document.getElementById(ENTRY_FORM);
      if (next === "order-entry" || blocked === null) navigate(stepAddress(next));
      else if (form instanceof HTMLFormElement) form.requestSubmit();
    },
    [navigate, blocked],
  );
  const done = new Set<StepPath>();
  if (faults?.length === 0) done.add("order-entry");
  if (faults?.length === 0 && draft.allocationId) done.add("allocation-method");
  const Step = STEP_PARTS[step];
  const newOrder = (
    <Button variant="outlined" onClick={() => beginOrder()}>
      New order
    </Button>
  );
  return (
    <Page title="Workbench" subtitle={orderSummary(draft)} actions={newOrder}>
      <Stepper current={step} done={done} blocked={blocked} onOpen={open} />
      <Typography variant="h2" sx={visuallyHidden}>
        {STEPS.find(({ path }) => path === step)?.title}
      </Typography>
      <Suspense fallback={<Loading label="Loading the step" height="50vh" />}>
        {step !== "order-entry" && faults === null && <Loading label="Loading the step" height="50vh" />}
        {step !== "order-entry" && blocked !== null && <NotYet faults={faults ?? []} />}
        {(step === "order-entry" || faults?.length === 0) && <Step />}
      </Suspense>
    </Page>
  );
}

function NotYet({ faults }: { faults: readonly string[] }) {
  return (
    <Empty
      title="The order is not complete"
      action={
        <Button component={Link} to={stepAddress("order-entry")} variant="contained">
          Order Entry
        </Button>
      }
    >
      <Box component="span">This step needs:</Box>
      {faults.map((fault) => (
        <Box key={fault} component="span" sx={{ display: "block" }}>
          {fault}
        </Box>
      ))}
    </Empty>
  );
}
