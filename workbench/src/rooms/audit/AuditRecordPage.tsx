import { Page } from "../../kit/Page";
import { Empty } from "../../kit/states";

export default function AuditRecordPage() {
  return (
    <Page title="Audit record">
      <Empty title="Audit record" />
    </Page>
  );
}
