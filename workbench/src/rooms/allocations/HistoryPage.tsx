import { Page } from "../../kit/Page";
import { Empty } from "../../kit/states";

export default function HistoryPage() {
  return (
    <Page title="History">
      <Empty title="History" />
    </Page>
  );
}
