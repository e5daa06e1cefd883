import { type ComponentType, lazy, Suspense } from "react";
import { Navigate, Route, Routes } from "react-router-dom";
import { Loading } from "./kit/states";
import { selectPermissions } from "./session/sessionSlice";
import { NotFound } from "./shell/Fallbacks";
import { mayOpen, PAGES } from "./shell/pages";
import { useAppSelector } from "./store";

/** A page is loaded when it is first opened: the grid and the charts are in nobody's first load. */
const PAGE_PARTS: Record<string, () => Promise<{ default: ComponentType }>> = {
  "workbench/:step?": () => import("./rooms/allocations/WorkbenchPage"),
  "compare/:comparisonId?": () => import("./rooms/allocations/ComparePage"),
  allocations: () => import("./rooms/allocations/HistoryPage"),
  "allocations/:allocationId": () => import("./rooms/allocations/AllocationPage"),
  approvals: () => import("./rooms/allocations/ApprovalsPage"),
  orders: () => import("./rooms/trading/OrdersPage"),
  blotters: () => import("./rooms/blotters/BlottersPage"),
  "blotters/new": () => import("./rooms/blotters/NewBlotterPage"),
  "blotters/:blotterId": () => import("./rooms/blotters/BlotterPage"),
  jobs: () => import("./rooms/jobs/JobsPage"),
  "orders/:orderId": () => import("./rooms/trading/OrderPage"),
  accounts: () => import("./rooms/accounts/AccountsPage"),
  "accounts/:accountId": () => import("./rooms/accounts/AccountPage"),
  "securities/:securityId": () => import("./rooms/securities/SecurityPage"),
  drift: () => import("./rooms/drift/DriftPage"),
  "drift/accounts/:accountId": () => import("./rooms/drift/AccountDriftPage"),
  "drift/groups/:groupId": () => import("./rooms/drift/GroupDriftPage"),
  "drift/targets": () => import("./rooms/drift/TargetsPage"),
  "drift/proposals/new": () => import("./rooms/proposals/ProposePage"),
  "drift/proposals/:proposalId": () => import("./rooms/proposals/ProposalPage"),
  optimise: () => import("./rooms/optimization/OptimizePage"),
  "optimise/:portfolioId": () => import("./rooms/optimization/PortfolioPage"),
  "market-data": () => import("./rooms/market_history/MarketDataPage"),
  backtest: () => import("./rooms/backtest/BacktestsPage"),
  "backtest/new": () => import("./rooms/backtest/NewBacktestPage"),
  "backtest/compare": () => import("./rooms/backtest/CompareBacktestsPage"),
  "backtest/grids": () => import("./rooms/backtest/GridsPage"),
  "backtest/grids/new": () => import("./rooms/backtest/NewGridPage"),
  "backtest/grids/:gridId": () => import("./rooms/backtest/GridPage"),
  "backtest/:backtestId": () => import("./rooms/backtest/BacktestPage"),
  risk: () => import("./rooms/risk/RiskPage"),
  monitor: () => import("./rooms/events/MonitorPage"),
  "monitor/:portfolioId": () => import("./rooms/events/MonitoredPage"),
  alerts: () => import("./rooms/alerts/AlertsPage"),
  "alerts/:alertId": () => import("./rooms/alerts/AlertPage"),
  fairness: () => import("./rooms/fairness/FairnessPage"),
  audit: () => import("./rooms/audit/AuditPage"),
  "audit/:auditId": () => import("./rooms/audit/AuditRecordPage"),
  "admin/*": () => import("./rooms/access/AdminPage"),
  profile: () => import("./rooms/access/ProfilePage"),
  system: () => import("./rooms/ops/SystemPage"),
};

const pages = Object.entries(PAGE_PARTS).map(([path, load]) => ({ path, Component: lazy(load) }));

/** The first page that the user may open. */
function Home() {
  const permissions = useAppSelector(selectPermissions);
  const first = PAGES.find((page) => mayOpen(page, permissions));
  return <Navigate to={first?.path ?? "/system"} replace />;
}

export function PageRoutes() {
  return (
    <Suspense fallback={<Loading label="Loading the page" height="60vh" />}>
      <Routes>
        <Route index element={<Home />} />
        {pages.map(({ path, Component }) => (
          <Route key={path} path={path} element={<Component />} />
        ))}
        <Route path="*" element={<NotFound />} />
      </Routes>
    </Suspense>
  );
}
