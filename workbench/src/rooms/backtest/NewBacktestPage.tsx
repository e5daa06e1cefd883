import { useNavigate } from "react-router-dom";
import {
  type ShownBacktestRequest,
  useGetBacktestQuery,
  useRunBacktestMutation,
} from "../../api/generated/api";
import { sendSafely } from "../../api/safely";
import { PAGE_OF } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { NotRead } from "../../kit/NotRead";
import { Page } from "../../kit/Page";
import { Loading } from "../../kit/states";
import { useUrlFilters } from "../../kit/useUrlFilters";
import { usePermission } from "../../session/usePermission";
import { BacktestFields } from "./BacktestFields";

export default function NewBacktestPage() {
  if (!usePermission("market-history:read"))
    return <NotPermitted title="New backtest" permission="market-history:read" />;
  return <NewBacktest />;
}

const FILTERS = ["again"] as const;

/** The form, filled with the terms of a backtest that is to be run again. */
function NewBacktest() {
  const [{ again }] = useUrlFilters(FILTERS);
  const { currentData, error, refetch } = useGetBacktestQuery({ backtestId: again }, { skip: again === "" });
  if (again === "") return <Form />;
  if (currentData) return <Form key={again} again={currentData.request} />;
  return (
    <Page title="New backtest">
      {error ? (
        <NotRead
          what="backtest"
          error={error}
          onRetry={refetch}
          all={{ to: "/backtest/new", label: "An empty form" }}
        />
      ) : (
        <Loading label="Reading the backtest" height="60vh" />
      )}
    </Page>
  );
}

function Form({ again }: { again?: ShownBacktestRequest }) {
  const navigate = useNavigate();
  const [run, { error, isLoading }] = useRunBacktestMutation();
  return (
    <Page
      title="New backtest"
      subtitle={
        again
          ? "As it was run before, by the prices that are known now"
          : "A decision sees prices up to the close of its day, and is traded on the next trading day."
      }
    >
      <BacktestFields
        again={again}
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
