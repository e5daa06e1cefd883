import { Page } from "../../kit/Page";
import { Empty } from "../../kit/states";

export default function AccountsPage() {
  return (
    <Page title="Accounts">
      <Empty title="Accounts" />
    </Page>
  );
}
