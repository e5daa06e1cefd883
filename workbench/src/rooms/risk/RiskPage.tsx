import { useState } from "react";
import { useAnalyzeRiskMutation } from "../../api/generated/api";
import { NotPermitted } from "../../kit/NotPermitted";
import { Page } from "../../kit/Page";
import { usePermission } from "../../session/usePermission";
import { RiskFields } from "./RiskFields";
import { RiskParts } from "./RiskParts";

export default function RiskPage() {
  if (!usePermission("market-history:read"))
    return <NotPermitted title="Risk" permission="market-history:read" />;
  return <Risk />;
}

function Risk() {
  const [analyze, { data, error, isLoading }] = useAnalyzeRiskMutation();
  /** What is shown is of a form that was changed since. */
  const [isStale, setStale] = useState(false);
  return (
    <Page title="Risk" subtitle="What weights would have gone through over a period of past prices">
      <RiskFields
        error={error}
        busy={isLoading}
        onChange={() => setStale(true)}
        onAsk={(riskRequest) => {
          setStale(false);
          void analyze({ riskRequest });
        }}
      />
      {data && <RiskParts found={data} isStale={isStale} />}
    </Page>
  );
}
