import { Page } from "../../kit/Page";
import { Empty } from "../../kit/states";

export default function AccountPage() {
  return (
    <Page title="Account">
      <Empty title="Account" />
    </Page>
  );
}
