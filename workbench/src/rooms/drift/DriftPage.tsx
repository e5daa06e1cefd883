import { Button } from "@mui/material";
import { lazy } from "react";
import { Link } from "react-router-dom";
import { NotPermitted } from "../../kit/NotPermitted";
import { Page } from "../../kit/Page";
import { UrlTabs } from "../../kit/UrlTabs";
import { usePermission } from "../../session/usePermission";
import OutOfBandTab from "./OutOfBandTab";

const ProposalsTab = lazy(() => import("../proposals/ProposalsTab"));
const TargetsTab = lazy(() => import("./TargetsTab"));

export default function DriftPage() {
  const mayState = usePermission("targets:write");
  if (!usePermission("portfolios:read")) return <NotPermitted title="Drift" permission="portfolios:read" />;
  return (
    <Page
      title="Drift"
      subtitle="After today's trades and live orders"
      actions={
        mayState && (
          <Button component={Link} to="/drift/targets" variant="outlined">
            State targets
          </Button>
        )
      }
    >
      <UrlTabs
        label="Drift"
        tabs={[
          { value: "", label: "Accounts out of band", content: <OutOfBandTab /> },
          { value: "proposals", label: "Proposals", content: <ProposalsTab /> },
          { value: "targets", label: "Targets", content: <TargetsTab /> },
        ]}
      />
    </Page>
  );
}
