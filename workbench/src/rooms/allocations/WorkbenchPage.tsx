import { Box, Button, List, ListItem, Typography } from "@mui/material";
import { type ComponentType, lazy, Suspense, useCallback, useEffect, useRef } from "react";
import { Link, Navigate, useNavigate, useParams } from "react-router-dom";
import { Page } from "../../kit/Page";
import { Empty, Loading } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { useAppSelector } from "../../store";
import { selectDraft } from "./draftSlice";
import { NewOrder } from "./wizard/NewOrder";
import { orderSummary } from "./wizard/orderSummary";
import { Stepper } from "./wizard/Stepper";
import { ENTRY_FORM, isStep, STEPS, type StepPath, stepAddress } from "./wizard/steps";
import { useOrderFaults } from "./wizard/useReach";

const STEP_PARTS: Record<StepPath, ComponentType> = {
  "order-entry": lazy(() => import("./entry/EntryStep")),
  "allocation-method": lazy(() => import("./method/MethodStep")),
  preview: lazy(() => import("./preview/PreviewStep")),
};

export default function WorkbenchPage() {
  const { step } = useParams();
  const permitted = usePermission("allocations:preview");
  if (!permitted) {
    return (
      <Page title="Workbench">
        <Empty title="You may not make orders">
          This needs the permission <code>allocations:preview</code>. An administrator can grant it.
        </Empty>
      </Page>
    );
  }
  if (!isStep(step)) return <Navigate to={stepAddress("order-entry")} replace />;
  return <Wizard step={step} />;
}

/** The three steps of an order, with the order always in sight. */
function Wizard({ step }: { step: StepPath }) {
  const navigate = useNavigate();
  const draft = useAppSelector(selectDraft);
  const faults = useOrderFaults();
  const blocked = faults !== null && faults.length > 0 ? `Order Entry first: ${faults.join(" ")}` : null;
  const title = useRef<HTMLHeadingElement>(null);
  const shown = useRef(step);
  useEffect(() => {
    if (shown.current !== step) title.current?.focus();
    shown.current = step;
  }, [step]);
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
  return (
    <Page title="Workbench" subtitle={orderSummary(draft)} actions={<NewOrder />}>
      <Stepper current={step} done={done} blocked={blocked} onOpen={open} />
      <Typography
        ref={title}
        variant="h2"
        tabIndex={-1}
        sx={{ mt: 1, mb: 1, width: "fit-content", scrollMarginTop: 60 }}
      >
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
      <List dense component="span" sx={{ display: "block" }}>
        {faults.map((fault) => (
          <ListItem key={fault} component="span" sx={{ display: "block", textAlign: "center", py: 0 }}>
            {fault}
          </ListItem>
        ))}
      </List>
    </Empty>
  );
}
