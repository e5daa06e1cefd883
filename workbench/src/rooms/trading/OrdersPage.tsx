import { Page } from "../../kit/Page";
import { Empty } from "../../kit/states";

export default function OrdersPage() {
  return (
    <Page title="Orders">
      <Empty title="Orders" />
    </Page>
  );
}
