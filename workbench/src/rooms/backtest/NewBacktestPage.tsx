import { useNavigate } from "react-router-dom";
import { useRunBacktestMutation } from "../../api/generated/api";
import { sendSafely } from "../../api/safely";
import { PAGE_OF } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { Page } from "../../kit/Page";
import { usePermission } from "../../session/usePermission";
import { BacktestFields } from "./BacktestFields";

export default function NewBacktestPage() {
  if (!usePermission("market-history:read"))
    return <NotPermitted title="New backtest" permission="market-history:read" />;
  return <NewBacktest />;
}

function NewBacktest() {
  const navigate = useNavigate();
  const [run, { error, isLoading }] = useRunBacktestMutation();
  return (
    <Page
      title="New backtest"
      subtitle="A decision sees prices up to the close of its day, and is traded on the next trading day."
    >
      <BacktestFields
        error={error}
        busy={isLoading}
        onRun={(backtestRequest) =>
          void sendSafely((key) => run({ "Idempotency-Key": key, backtestRequest }).unwrap()).then(
            ({ backtest_id }) => navigate(PAGE_OF.backtest(backtest_id)),
            () => {}, // The error is shown beside the fields.
          )
        }
      />
    </Page>
  );
}
