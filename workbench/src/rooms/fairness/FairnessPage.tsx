import { lazy } from "react";
import { Guarded } from "../../kit/Guarded";
import { Page } from "../../kit/Page";
import { UrlTabs } from "../../kit/UrlTabs";
import LedgerTab from "./LedgerTab";

const PolicyTab = lazy(() => import("./PolicyTab"));
const ReplayTab = lazy(() => import("./ReplayTab"));
const FillsTab = lazy(() => import("./FillsTab"));

export default function FairnessPage() {
  return (
    <Page title="Fairness">
      <UrlTabs
        label="Fairness"
        tabs={[
          { value: "", label: "Ledger", content: guarded(<LedgerTab />) },
          { value: "policy", label: "Policy", content: <PolicyTab /> },
          { value: "replay", label: "By another rule", content: guarded(<ReplayTab />) },
          { value: "fills", label: "Fills and prices", content: guarded(<FillsTab />) },
        ]}
      />
    </Page>
  );
}

function guarded(report: React.ReactNode) {
  return <Guarded needs="reports:read">{report}</Guarded>;
}
