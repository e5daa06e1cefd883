import { Page } from "../../kit/Page";
import { Empty } from "../../kit/states";

export default function AuditPage() {
  return (
    <Page title="Audit">
      <Empty title="Audit" />
    </Page>
  );
}
