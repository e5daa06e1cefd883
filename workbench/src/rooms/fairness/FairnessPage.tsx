import { Page } from "../../kit/Page";
import { Empty } from "../../kit/states";

export default function FairnessPage() {
  return (
    <Page title="Fairness">
      <Empty title="Fairness" />
    </Page>
  );
}
