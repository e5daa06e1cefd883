import { Page } from "../../kit/Page";
import { Empty } from "../../kit/states";

export default function SecurityPage() {
  return (
    <Page title="Security">
      <Empty title="Security" />
    </Page>
  );
}
