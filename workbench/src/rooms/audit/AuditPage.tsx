import { Box, Tab, Tabs } from "@mui/material";
import { lazy, Suspense } from "react";
import { Guarded } from "../../kit/Guarded";
import { Page } from "../../kit/Page";
import { Loading } from "../../kit/states";
import { useUrlFilters } from "../../kit/useUrlFilters";
import { RecordSearch } from "./RecordSearch";

const ActivityTab = lazy(() => import("./ActivityTab"));
const ChainTab = lazy(() => import("./ChainTab"));

const TABS = [
  ["", "Records"],
  ["activity", "User activity"],
  ["chain", "Chain and export"],
] as const;
const FILTERS = ["tab"] as const;

export default function AuditPage() {
  const [{ tab }, setFilters] = useUrlFilters(FILTERS);
  const shown = TABS.some(([value]) => value === tab) ? tab : "";
  return (
    <Page title="Audit">
      <Guarded needs="audit:read">
        <Tabs
          value={shown}
          onChange={(_event, value: string) => setFilters({ tab: value })}
          aria-label="Audit"
          sx={{ mb: 1.5, minHeight: 36, "& .MuiTab-root": { minHeight: 36, py: 0.5 } }}
        >
          {TABS.map(([value, label]) => (
            <Tab
              key={value}
              value={value}
              label={label}
              id={`audit-tab-${value}`}
              aria-controls="audit-panel"
            />
          ))}
        </Tabs>
        <Box role="tabpanel" id="audit-panel" aria-labelledby={`audit-tab-${shown}`}>
          <Suspense fallback={<Loading label="Loading" height="60vh" />}>
            {shown === "" && <RecordSearch />}
            {shown === "activity" && <ActivityTab />}
            {shown === "chain" && <ChainTab />}
          </Suspense>
        </Box>
      </Guarded>
    </Page>
  );
}
