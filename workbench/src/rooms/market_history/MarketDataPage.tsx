import { lazy } from "react";
import { NotPermitted } from "../../kit/NotPermitted";
import { Page } from "../../kit/Page";
import { UrlTabs } from "../../kit/UrlTabs";
import { usePermission } from "../../session/usePermission";
import AssetsTab from "./AssetsTab";

const ImportTab = lazy(() => import("./ImportTab"));

export default function MarketDataPage() {
  if (!usePermission("market-history:read"))
    return <NotPermitted title="Market data" permission="market-history:read" />;
  return (
    <Page title="Market data" subtitle="Daily prices, which optimisation and risk are measured by">
      <UrlTabs
        label="Market data"
        tabs={[
          { value: "", label: "Prices", content: <AssetsTab /> },
          { value: "import", label: "Import", content: <ImportTab /> },
        ]}
      />
    </Page>
  );
}
