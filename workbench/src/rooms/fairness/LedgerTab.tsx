import { Alert, Box, Link, Typography } from "@mui/material";
import type { GridApi } from "ag-grid-community";
import { lazy, Suspense, useMemo, useState } from "react";
import { Link as RouterLink, useNavigate } from "react-router-dom";
import {
  type AccountLedger,
  type LedgerReport,
  type LedgerTotals,
  type Peak,
  useGetFairnessPolicyQuery,
  useReportFairnessLedgerQuery,
} from "../../api/generated/api";
import { DownloadButtons } from "../../kit/DownloadButtons";
import { count } from "../../kit/format";
import { GridBar } from "../../kit/grid/GridBar";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { PAGE_OF } from "../../kit/links";
import { Empty, ErrorNote, Loading } from "../../kit/states";
import { useUrlFilters } from "../../kit/useUrlFilters";
import { LedgerTotalsTable } from "./LedgerTotalsTable";
import { ledgerColumns } from "./ledgerColumns";
import { ledgerKey, ledgerName, reportWords, spans } from "./ledgerWords";
import { PeriodBar } from "./PeriodBar";
import { boundPieces, boundWords } from "./policyWords";
import { usePeriod } from "./usePeriod";

const LedgerPicture = lazy(() => import("./LedgerPicture"));

const FILTERS = ["ledger"] as const;
/** A grid of more rows scrolls in itself. */
const MAX_FREE_ROWS = 15;

/** What accounts were entitled to, received and are owed over a period. */
export default function LedgerTab() {
  const { asked, params } = usePeriod();
  const { data, error, isFetching, refetch } = useReportFairnessLedgerQuery(asked);
  return (
    <>
      <PeriodBar>
        <DownloadButtons
          of="the ledger"
          files={(["csv", "xlsx"] as const).map((format) => ({
            label: format.toUpperCase(),
            url: "reports/fairness-ledger",
            params: { ...params, format },
          }))}
        />
      </PeriodBar>
      {error ? (
        <ErrorNote error={error} onRetry={refetch} title="The ledger could not be read" />
      ) : !data || isFetching ? (
        <Loading label="Reading the ledger" height="60vh" />
      ) : (
        <Report report={data} />
      )}
    </>
  );
}

function Report({ report }: { report: LedgerReport }) {
  const [{ ledger }, setFilters] = useUrlFilters(FILTERS);
  const { data: policy } = useGetFairnessPolicyQuery({});
  const bound = policy ? boundPieces(policy) : null;
  // Without a choice the picture is of the ledger with the greatest balance.
  const drawn = report.ledgers.find((each) =>
    ledger ? ledgerKey(each) === ledger : isOf(report.greatest_pieces, each),
  );
  const accounts = useMemo(
    () => report.accounts.filter((each) => !ledger || ledgerKey(each) === ledger),
    [report, ledger],
  );
  if (report.orders === 0)
    return (
      <Empty title="No order gave accounts anything in these days">
        Choose other days, groups or sides. Orders count by their business date, {report.time_zone}.
      </Empty>
    );
  return (
    <>
      {report.breaks.length > 0 && (
        <Alert severity="error" sx={{ mb: 1.5 }}>
          {count(report.breaks.length)} stored balances are not the sums of their entries; no number below is
          taken from them.{" "}
          <Link component={RouterLink} to="/audit?tab=chain" color="inherit" underline="always">
            Verify the audit trail
          </Link>
          .
        </Alert>
      )}
      <Typography variant="body2" sx={{ maxWidth: "120ch" }}>
        {reportWords(report).join(" ")}
      </Typography>
      {policy && (
        <Typography variant="body2" color="textSecondary" sx={{ maxWidth: "120ch", mt: 0.5 }}>
          {boundWords(policy)} Policies of these orders:{" "}
          {report.policies.map(({ version }) => `version ${version}`).join(", ")}.
        </Typography>
      )}
      <LedgerTotalsTable
        ledgers={report.ledgers}
        chosen={ledger}
        onChoose={(key) => setFilters({ ledger: key })}
      />
      {drawn && <Picture ledger={drawn} accounts={report.accounts} />}
      <Accounts accounts={accounts} bound={bound} />
    </>
  );
}

function isOf(peak: Peak, { scope, side }: LedgerTotals): boolean {
  return peak.scope === scope && peak.side === side;
}

function Picture({ ledger, accounts }: { ledger: LedgerTotals; accounts: readonly AccountLedger[] }) {
  const lines = accounts.filter((each) => ledgerKey(each) === ledgerKey(ledger));
  return (
    <Suspense fallback={<Loading label="Drawing the ledger" height={320} />}>
      <LedgerPicture title={ledgerName(ledger.scope, ledger.side)} spans={spans(lines)} of={lines.length} />
    </Suspense>
  );
}

function Accounts({ accounts, bound }: { accounts: AccountLedger[]; bound: number | null }) {
  const navigate = useNavigate();
  const [filter, setFilter] = useState("");
  const [grid, setGrid] = useState<GridApi<AccountLedger> | null>(null);
  const scale = useMemo(
    () =>
      Math.max(
        bound ?? 0,
        ...accounts.flatMap((each) => [each.greatest_shortfall_pieces, each.greatest_excess_pieces]),
      ),
    [accounts, bound],
  );
  const columns = useMemo(() => ledgerColumns(scale, bound ?? undefined), [scale, bound]);
  return (
    <Box sx={{ mt: 2 }}>
      <Typography variant="h3" component="h2" sx={{ mb: 1 }}>
        By account
      </Typography>
      <GridBar filter={filter} onFilter={setFilter} grid={grid} />
      <LazyGrid<AccountLedger>
        label="Ledger by account"
        rows={accounts}
        columns={columns}
        rowId={(each) => `${ledgerKey(each)} ${each.account_id}`}
        onOpen={(each) => navigate(PAGE_OF.account(each.account_id))}
        height={accounts.length > MAX_FREE_ROWS ? "calc(100vh - 200px)" : undefined}
        quickFilter={filter}
        onReady={setGrid}
        totalsText={`${count(accounts.length)} lines`}
      />
    </Box>
  );
}
