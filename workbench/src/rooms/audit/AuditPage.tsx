import { lazy } from "react";
import { Guarded } from "../../kit/Guarded";
import { Page } from "../../kit/Page";
import { UrlTabs } from "../../kit/UrlTabs";
import { RecordSearch } from "./RecordSearch";

const ActivityTab = lazy(() => import("./ActivityTab"));
const ChainTab = lazy(() => import("./ChainTab"));

export default function AuditPage() {
  return (
    <Page title="Audit">
      <Guarded needs="audit:read">
        <UrlTabs
          label="Audit"
          tabs={[
            { value: "", label: "Records", content: <RecordSearch /> },
            { value: "activity", label: "User activity", content: <ActivityTab /> },
            {
              value: "chain",
              label: "Chain and export",
              content: (
                <Guarded needs="audit:read" wholeDesk>
                  <ChainTab />
                </Guarded>
              ),
            },
          ]}
        />
      </Guarded>
    </Page>
  );
}
