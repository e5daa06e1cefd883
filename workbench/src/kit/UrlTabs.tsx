import { Box, Tab, Tabs } from "@mui/material";
import { type ReactNode, Suspense } from "react";
import { Loading } from "./states";
import { useUrlFilters } from "./useUrlFilters";

export interface UrlTab {
  /** Its value of ?tab=; the first one has none. */
  value: string;
  label: string;
  content: ReactNode;
}

const FILTERS = ["tab"] as const;

/** Parts of a page as tabs, the open one kept in the address. */
export function UrlTabs({ label, tabs }: { label: string; tabs: readonly UrlTab[] }) {
  const [{ tab }, setFilters] = useUrlFilters(FILTERS);
  const shown = tabs.find(({ value }) => value === tab) ?? tabs[0];
  if (!shown) return null;
  return (
    <>
      <Tabs
        value={shown.value}
        onChange={(_event, value: string) => setFilters({ tab: value })}
        aria-label={label}
        variant="scrollable"
        scrollButtons={false}
        sx={{ mb: 1.5, minHeight: 36, "& .MuiTab-root": { minHeight: 36, py: 0.5 } }}
      >
        {tabs.map(({ value, label: words }) => (
          <Tab key={value} value={value} label={words} id={`tab-${value}`} aria-controls="tab-panel" />
        ))}
      </Tabs>
      <Box role="tabpanel" id="tab-panel" aria-labelledby={`tab-${shown.value}`}>
        <Suspense fallback={<Loading label={`Loading ${shown.label}`} height="60vh" />}>
          {shown.content}
        </Suspense>
      </Box>
    </>
  );
}
