import { Page } from "../../kit/Page";
import { Empty } from "../../kit/states";

export default function ApprovalsPage() {
  return (
    <Page title="Approvals">
      <Empty title="Approvals" />
    </Page>
  );
}
