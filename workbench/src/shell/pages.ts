import type { Permission } from "../api/generated/api";

export interface PageEntry {
  path: string;
  title: string;
  /** Any of these permissions shows it; none for everybody. */
  needs: readonly Permission[];
  /** Second key after `g`. */
  key: string;
}

/** The pages of the navigation, the palette and the shortcuts, in their order. */
export const PAGES: readonly PageEntry[] = [
  { path: "/workbench", title: "Workbench", needs: ["allocations:preview"], key: "w" },
  { path: "/compare", title: "Compare", needs: ["allocations:preview"], key: "c" },
  { path: "/orders", title: "Orders", needs: ["orders:read"], key: "o" },
  { path: "/blotters", title: "Blotters", needs: ["allocations:read"], key: "b" },
  {
    path: "/approvals",
    title: "Approvals",
    needs: ["allocations:approve", "allocations:settle", "allocations:commit"],
    key: "p",
  },
  { path: "/allocations", title: "History", needs: ["allocations:read"], key: "h" },
  { path: "/accounts", title: "Accounts", needs: ["portfolios:read"], key: "a" },
  { path: "/drift", title: "Drift", needs: ["portfolios:read"], key: "t" },
  { path: "/optimise", title: "Optimise", needs: ["market-history:read"], key: "i" },
  { path: "/market-data", title: "Market data", needs: ["market-history:read"], key: "m" },
  { path: "/backtest", title: "Backtest", needs: ["market-history:read"], key: "k" },
  { path: "/risk", title: "Risk", needs: ["market-history:read"], key: "r" },
  { path: "/monitor", title: "Monitor", needs: ["market-history:read"], key: "v" },
  { path: "/alerts", title: "Alerts", needs: [], key: "l" },
  { path: "/fairness", title: "Fairness", needs: ["reports:read"], key: "f" },
  { path: "/audit", title: "Audit", needs: ["audit:read"], key: "u" },
  { path: "/admin", title: "Admin", needs: ["users:manage", "reference:write"], key: "d" },
  {
    path: "/jobs",
    title: "Jobs",
    needs: ["allocations:preview", "allocations:commit", "jobs:manage"],
    key: "j",
  },
  { path: "/system", title: "System", needs: [], key: "s" },
];

export function mayOpen(page: PageEntry, permissions: readonly Permission[]): boolean {
  return page.needs.length === 0 || page.needs.some((permission) => permissions.includes(permission));
}
