import { type ComponentType, lazy, Suspense } from "react";
import { Navigate, useParams } from "react-router-dom";
import { Page } from "../../kit/Page";
import { Loading } from "../../kit/states";
import { isStep, type StepPath, stepAddress } from "./wizard/steps";

const STEP_PARTS: Record<StepPath, ComponentType> = {
  "order-entry": lazy(() => import("./entry/EntryStep")),
  "allocation-method": lazy(() => import("./method/MethodStep")),
  preview: lazy(() => import("./preview/PreviewStep")),
};

export default function WorkbenchPage() {
  const { step } = useParams();
  if (!isStep(step)) return <Navigate to={stepAddress("order-entry")} replace />;
  const Step = STEP_PARTS[step];
  return (
    <Page title="Workbench">
      <Suspense fallback={<Loading label="Loading the step" height="50vh" />}>
        <Step />
      </Suspense>
    </Page>
  );
}
