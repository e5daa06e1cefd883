import { lazy } from "react";
import { useCountAlertsQuery } from "../../api/generated/api";
import { Guarded } from "../../kit/Guarded";
import { Page } from "../../kit/Page";
import { UrlTabs } from "../../kit/UrlTabs";
import { usePermission } from "../../session/usePermission";
import AlertsTab from "./AlertsTab";
import { countsWords } from "./alertWords";
import { MarkAllRead } from "./MarkAllRead";

const ChannelsTab = lazy(() => import("./ChannelsTab"));
const DeliveriesTab = lazy(() => import("./DeliveriesTab"));

export default function AlertsPage() {
  const { data } = useCountAlertsQuery();
  const mayManage = usePermission("alerts:manage");
  const managed = [
    { value: "channels", label: "Channels", content: <ChannelsTab /> },
    { value: "messages", label: "Messages", content: <DeliveriesTab /> },
  ].map((tab) => ({
    ...tab,
    content: (
      <Guarded needs="alerts:manage" wholeDesk>
        {tab.content}
      </Guarded>
    ),
  }));
  return (
    <Page title="Alerts" subtitle={data && countsWords(data)} actions={data && <MarkAllRead {...data} />}>
      {mayManage ? (
        <UrlTabs label="Alerts" tabs={[{ value: "", label: "Alerts", content: <AlertsTab /> }, ...managed]} />
      ) : (
        <AlertsTab />
      )}
    </Page>
  );
}
