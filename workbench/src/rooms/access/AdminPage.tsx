import { Page } from "../../kit/Page";
import { Empty } from "../../kit/states";

export default function AdminPage() {
  return (
    <Page title="Admin">
      <Empty title="Admin" />
    </Page>
  );
}
