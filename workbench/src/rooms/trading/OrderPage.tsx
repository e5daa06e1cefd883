import { Page } from "../../kit/Page";
import { Empty } from "../../kit/states";

export default function OrderPage() {
  return (
    <Page title="Order">
      <Empty title="Order" />
    </Page>
  );
}
