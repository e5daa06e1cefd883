import { Page } from "../../kit/Page";
import { Empty } from "../../kit/states";

export default function AllocationPage() {
  return (
    <Page title="Allocation">
      <Empty title="Allocation" />
    </Page>
  );
}
