import { Box, MenuItem, TextField, Typography } from "@mui/material";
import type { GridApi } from "ag-grid-community";
import { lazy, Suspense, useMemo, useState } from "react";
import { useNavigate } from "react-router-dom";
import { type PortfolioGroup, useListPortfolioGroupsQuery } from "../../api/generated/api";
import { FactStrip } from "../../kit/FactStrip";
import { count, metric, money, UNKNOWN, words } from "../../kit/format";
import { Guarded } from "../../kit/Guarded";
import { GridBar } from "../../kit/grid/GridBar";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { PAGE_OF } from "../../kit/links";
import { Page } from "../../kit/Page";
import { Empty, ErrorNote, Loading } from "../../kit/states";
import { useUrlFilters } from "../../kit/useUrlFilters";
import type { AccountRow } from "./accountRows";
import { accountColumns } from "./columns";
import { dispersionOf, dispersionWords } from "./dispersion";
import { useGroupAccounts } from "./useGroupAccounts";

const StripPlot = lazy(() => import("./StripPlot"));

const FILTERS = ["group"] as const;
const GRID_HEIGHT = "max(320px, calc(100vh - 420px))";

export default function AccountsPage() {
  return (
    <Page title="Accounts">
      <Guarded needs="portfolios:read">
        <Groups />
      </Guarded>
    </Page>
  );
}

function Groups() {
  const { data, error, refetch } = useListPortfolioGroupsQuery();
  const [{ group }, setFilters] = useUrlFilters(FILTERS);
  const groups = data?.portfolio_groups;
  if (error) return <ErrorNote error={error} onRetry={refetch} title="The groups could not be read" />;
  if (!groups) return <Loading label="Reading the groups" height="70vh" />;
  if (groups.length === 0)
    return (
      <Empty title="No portfolio group">
        Aladdin has no group that you may see. An administrator says which.
      </Empty>
    );
  const chosen = groups.find((each) => each.group_id === group);
  if (group && !chosen)
    return <Empty title={`There is no group ${group}`}>It does not exist, or you may not see it.</Empty>;
  return (
    <>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 2, mb: 1.5 }}>
        <TextField
          select
          label="Group"
          value={group}
          onChange={(event) => setFilters({ group: event.target.value })}
          sx={{ minWidth: 280 }}
          slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
        >
          <MenuItem value="">All groups</MenuItem>
          {groups.map((each) => (
            <MenuItem key={each.group_id} value={each.group_id}>
              {each.group_name} ({each.group_id}, {count(each.account_count)})
            </MenuItem>
          ))}
        </TextField>
        {chosen && <GroupFacts group={chosen} />}
      </Box>
      <Accounts groupIds={chosen ? [chosen.group_id] : groups.map((each) => each.group_id)} />
    </>
  );
}

function GroupFacts({ group }: { group: PortfolioGroup }) {
  return (
    <FactStrip
      facts={[
        ["Strategy", words(group.strategy)],
        ["Manager", group.manager || UNKNOWN],
        ["NAV", money(group.total_nav)],
        ["Benchmark spread duration", metric(group.benchmark.spread_duration)],
        ["Benchmark duration", metric(group.benchmark.duration)],
      ]}
    />
  );
}

function Accounts({ groupIds }: { groupIds: string[] }) {
  const navigate = useNavigate();
  const { rows, error, retry } = useGroupAccounts(groupIds);
  const [filter, setFilter] = useState("");
  const [grid, setGrid] = useState<GridApi<AccountRow> | null>(null);
  const found = useMemo(() => (rows ? dispersionOf(rows) : null), [rows]);
  const scale = found ? Math.max(Math.abs(found.least.value), Math.abs(found.most.value)) : 0;
  const several = groupIds.length > 1;
  const columns = useMemo(() => accountColumns(scale, several), [scale, several]);
  const open = (accountId: string) => navigate(PAGE_OF.account(accountId));
  if (error && !rows)
    return <ErrorNote error={error} onRetry={retry} title="The accounts could not be read" />;
  if (!rows) return <Loading label="Reading the accounts" height="60vh" />;
  const plotHeight = groupIds.length * 44 + 52;
  return (
    <>
      <Typography component="h2" variant="h3" sx={{ mb: 0.5 }}>
        Dispersion
      </Typography>
      <Typography variant="body2" sx={{ maxWidth: "120ch" }}>
        {dispersionWords(found)}
      </Typography>
      {found && (
        <Suspense fallback={<Loading label="Drawing the accounts" height={plotHeight} />}>
          <StripPlot
            rows={rows}
            groups={groupIds}
            mean={found.mean}
            words={dispersionWords(found)}
            onOpen={open}
          />
        </Suspense>
      )}
      <Typography variant="caption" color="textSecondary" component="p">
        A dot is an account{several ? "" : "; the dashed line is the mean"}. Numbers are years of active
        spread duration.
      </Typography>
      <Box sx={{ mt: 1.5 }}>
        <GridBar filter={filter} onFilter={setFilter} grid={grid} />
        <LazyGrid<AccountRow>
          label="Accounts"
          rows={rows}
          columns={columns}
          rowId={(row) => row.account_id}
          onOpen={(row) => open(row.account_id)}
          height={GRID_HEIGHT}
          emptyText="This group has no accounts"
          quickFilter={filter}
          onReady={setGrid}
          totalsText={totals(rows)}
        />
      </Box>
    </>
  );
}

function totals(rows: readonly AccountRow[]): string {
  const navs = rows.map((row) => row.nav);
  const currencies = new Set(rows.map((row) => row.currency));
  const [currency] = currencies;
  const known = currencies.size === 1 && navs.every((nav) => nav !== null);
  const nav = known
    ? `, NAV ${money(navs.reduce<number>((sum, each) => sum + (each ?? 0), 0))} ${currency ?? ""}`
    : "";
  return `${count(rows.length)} accounts${nav}`;
}
