import { Page } from "../../kit/Page";
import { Empty } from "../../kit/states";

export default function WorkbenchPage() {
  return (
    <Page title="Workbench">
      <Empty title="Workbench" />
    </Page>
  );
}
