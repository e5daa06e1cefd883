import { Page } from "../../kit/Page";
import { Empty } from "../../kit/states";

export default function SystemPage() {
  return (
    <Page title="System">
      <Empty title="System" />
    </Page>
  );
}
