import { Alert, Button } from "@mui/material";
import { useState } from "react";
import { Link, useParams } from "react-router-dom";
import { type OptimizedPortfolio, useGetOptimizedPortfolioQuery } from "../../api/generated/api";
import { type Fact, FactStrip } from "../../kit/FactStrip";
import { count, dateTime, metric, percent } from "../../kit/format";
import { NotPermitted } from "../../kit/NotPermitted";
import { NotRead } from "../../kit/NotRead";
import { Page } from "../../kit/Page";
import { Section } from "../../kit/Section";
import { Loading } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { askedFacts } from "./askedFacts";
import { FrontierPart } from "./FrontierPart";
import { MonitorPart } from "./MonitorPart";
import { askedWords, FREQUENCIES, optimalityWords, solverWords } from "./portfolioWords";
import { ReplayPart } from "./ReplayPart";
import { TargetPart } from "./TargetPart";
import { WeightsPart } from "./WeightsPart";

export default function PortfolioPage() {
  const { portfolioId = "" } = useParams();
  if (!usePermission("market-history:read"))
    return <NotPermitted title="Optimised portfolio" permission="market-history:read" />;
  return <Loaded key={portfolioId} portfolioId={portfolioId} />;
}

function Loaded({ portfolioId }: { portfolioId: string }) {
  const { data, error, refetch } = useGetOptimizedPortfolioQuery({ portfolioId });
  return (
    <Page
      title="Optimised portfolio"
      subtitle={data && `${askedWords(data)} · ${dateTime(data.timestamp)} by ${data.created_by}`}
      actions={
        <>
          <Button component={Link} to="/optimise?tab=earlier" variant="outlined">
            Earlier portfolios
          </Button>
          <Button component={Link} to="/optimise" variant="outlined">
            New portfolio
          </Button>
        </>
      }
    >
      {data ? (
        <Shown portfolio={data} />
      ) : error ? (
        <NotRead
          what="portfolio"
          error={error}
          onRetry={refetch}
          all={{ to: "/optimise?tab=earlier", label: "All portfolios" }}
        />
      ) : (
        <Loading label="Reading the portfolio" height="60vh" />
      )}
    </Page>
  );
}

function Shown({ portfolio }: { portfolio: OptimizedPortfolio }) {
  const { optimality, efficient_frontier: points, portfolio_id: id } = portfolio;
  const [at, setAt] = useState<number | null>(null);
  const point = at === null ? null : (points[at] ?? null);
  return (
    <>
      <Alert
        severity={optimality.status === "OPTIMAL" ? "success" : "info"}
        variant="outlined"
        sx={{ mb: 1.5 }}
      >
        {optimalityWords(optimality)}
      </Alert>
      <FactStrip facts={metricFacts(portfolio)} />
      {points.length > 1 && <FrontierPart portfolio={portfolio} at={at} onChange={setAt} />}
      <WeightsPart portfolio={portfolio} point={point} />
      <TargetPart portfolio={portfolio} point={point} />
      <Section title="What was asked for">
        <FactStrip facts={askedFacts(portfolio.request)} />
      </Section>
      <Section title="Prices" note={solverWords(optimality)}>
        <FactStrip facts={dataFacts(portfolio)} />
      </Section>
      <ReplayPart portfolioId={id} />
      <MonitorPart portfolioId={id} />
    </>
  );
}

function metricFacts({ metrics }: OptimizedPortfolio): Fact[] {
  const facts: Fact[] = [
    ["Expected return of a year", percent(metrics.expected_return)],
    ["Annualised volatility", percent(metrics.volatility)],
    ["Sharpe ratio", metric(metrics.sharpe_ratio)],
    ["Deepest drawdown", percent(metrics.max_drawdown)],
    ["Risk by the measure, of a period", percent(metrics.risk)],
  ];
  if (metrics.worst_risk !== metrics.risk) facts.push(["Worst risk", percent(metrics.worst_risk)]);
  if (metrics.worst_return !== metrics.expected_return)
    facts.push(["Worst return, after costs", percent(metrics.worst_return)]);
  if (metrics.turnover !== null) facts.push(["Turnover", percent(metrics.turnover)]);
  if (metrics.cost !== null) facts.push(["Costs", percent(metrics.cost)]);
  return facts;
}

function dataFacts({ data }: OptimizedPortfolio): Fact[] {
  return [
    ["Days", `${data.start_date} to ${data.end_date}`],
    ["Returns", `${count(data.return_count)}, ${FREQUENCIES[data.frequency].toLowerCase()}`],
    ["Days left out", count(data.left_out)],
    ["Longest gap", `${count(data.longest_gap_days)} days`],
    ["Source", data.source.join(", ")],
    ["Known at", dateTime(data.last_updated)],
  ];
}
