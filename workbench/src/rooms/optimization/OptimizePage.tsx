import { Button } from "@mui/material";
import { lazy } from "react";
import { Link, useNavigate } from "react-router-dom";
import { useListMarketAssetsQuery, useOptimizePortfolioMutation } from "../../api/generated/api";
import { sendSafely } from "../../api/safely";
import { PAGE_OF } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { Page } from "../../kit/Page";
import { Empty, ErrorNote, Loading } from "../../kit/states";
import { UrlTabs } from "../../kit/UrlTabs";
import { usePermission } from "../../session/usePermission";
import { OptimizationFields } from "./OptimizationFields";

const PortfoliosTab = lazy(() => import("./PortfoliosTab"));

export default function OptimizePage() {
  if (!usePermission("market-history:read"))
    return <NotPermitted title="Optimise" permission="market-history:read" />;
  return (
    <Page title="Optimise" subtitle="Weights that are best by expected return and risk. Nothing is traded.">
      <UrlTabs
        label="Optimise"
        tabs={[
          { value: "", label: "New portfolio", content: <NewTab /> },
          { value: "earlier", label: "Earlier portfolios", content: <PortfoliosTab /> },
        ]}
      />
    </Page>
  );
}

function NewTab() {
  const navigate = useNavigate();
  const { data, error, refetch } = useListMarketAssetsQuery();
  const [optimize, asked] = useOptimizePortfolioMutation();
  if (!data)
    return error ? (
      <ErrorNote error={error} onRetry={refetch} title="The assets cannot be read" />
    ) : (
      <Loading label="Reading the assets" height="60vh" />
    );
  if (data.assets.length === 0)
    return (
      <Empty
        title="There are no prices yet"
        action={
          <Button component={Link} to="/market-data?tab=import" variant="contained">
            Import prices
          </Button>
        }
      >
        Portfolios are optimised by the daily prices of assets.
      </Empty>
    );
  return (
    <OptimizationFields
      assets={data.assets}
      error={asked.error}
      busy={asked.isLoading}
      onAsk={(optimizationRequest) =>
        void sendSafely((key) => optimize({ "Idempotency-Key": key, optimizationRequest }).unwrap()).then(
          ({ portfolio_id }) => navigate(PAGE_OF.optimized(portfolio_id)),
          () => {}, // The error is shown beside the fields.
        )
      }
    />
  );
}
