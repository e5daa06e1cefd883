import { Page } from "../../kit/Page";
import { Empty } from "../../kit/states";

export default function ProfilePage() {
  return (
    <Page title="Sessions and password">
      <Empty title="Sessions and password" />
    </Page>
  );
}
