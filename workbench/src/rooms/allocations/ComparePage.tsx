import { Page } from "../../kit/Page";
import { Empty } from "../../kit/states";

export default function ComparePage() {
  return (
    <Page title="Compare">
      <Empty title="Compare" />
    </Page>
  );
}
