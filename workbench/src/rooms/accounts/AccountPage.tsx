import { Box, Button, Table, TableBody, TableCell, TableHead, TableRow } from "@mui/material";
import { Link, useParams } from "react-router-dom";
import { type Account, useGetAccountQuery } from "../../api/generated/api";
import { FactStrip } from "../../kit/FactStrip";
import { basisPoints, metric, money, signed, UNKNOWN, words } from "../../kit/format";
import { Guarded } from "../../kit/Guarded";
import { Help } from "../../kit/Help";
import { IdLink, PAGE_OF } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { NotRead } from "../../kit/NotRead";
import { Page } from "../../kit/Page";
import { Section } from "../../kit/Section";
import { Loading } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { AccountLedger } from "./AccountLedger";
import { AccountOrders } from "./AccountOrders";
import { Cash } from "./Cash";
import { Positions } from "./Positions";
import { RecentAllocations } from "./RecentAllocations";
import { restrictionWords } from "./restrictions";

const POLL_MILLISECONDS = 60_000;

export default function AccountPage() {
  const { accountId = "" } = useParams();
  if (!usePermission("portfolios:read")) return <NotPermitted title="Account" permission="portfolios:read" />;
  return <Loaded key={accountId} accountId={accountId} />;
}

function Loaded({ accountId }: { accountId: string }) {
  const { data, error, refetch } = useGetAccountQuery(
    { accountId },
    { pollingInterval: POLL_MILLISECONDS, skipPollingIfUnfocused: true },
  );
  return (
    <Page
      title={data ? `${accountId} ${data.account_name}` : accountId}
      subtitle={data && words(data.strategy)}
      actions={
        <Button component={Link} to={PAGE_OF.accountDrift(accountId)} variant="outlined">
          Drift from targets
        </Button>
      }
    >
      {data ? (
        <Shown account={data} />
      ) : error ? (
        <NotRead
          what="account"
          error={error}
          onRetry={refetch}
          all={{ to: "/accounts", label: "All accounts" }}
        />
      ) : (
        <Loading label="Reading the account" height="60vh" />
      )}
    </Page>
  );
}

function Shown({ account }: { account: Account }) {
  const { account_id: accountId, currency } = account;
  return (
    <>
      <FactStrip
        facts={[
          [`NAV, ${currency ?? UNKNOWN}`, money(account.nav)],
          ["Market value", money(account.market_value)],
          ["Available cash", money(account.cash)],
          ["Cash reserve", money(account.cash_reserve)],
          ["Restrictions", restrictionWords(account.restrictions)],
          [
            "Groups",
            account.portfolio_groups.length === 0
              ? UNKNOWN
              : account.portfolio_groups.map(({ group_id }, place) => (
                  <span key={group_id}>
                    {place > 0 && ", "}
                    <IdLink of="group" id={group_id} />
                  </span>
                )),
          ],
        ]}
      />
      <Box
        sx={{ display: "grid", gridTemplateColumns: { lg: "minmax(0, 1fr) minmax(0, 1fr)" }, columnGap: 4 }}
      >
        <Section title="Against the benchmark" note="After today's trades and live orders">
          <AgainstBenchmark account={account} />
        </Section>
        <Guarded needs="market-data:read" part="Cash">
          <Section title="Cash">
            <Cash accountId={accountId} />
          </Section>
        </Guarded>
      </Box>
      <Guarded needs="allocations:read" part="Fairness ledger">
        <AccountLedger accountId={accountId} />
      </Guarded>
      <Guarded needs="market-data:read" part="Positions">
        <Positions accountId={accountId} />
      </Guarded>
      <Box
        sx={{ display: "grid", gridTemplateColumns: { xl: "minmax(0, 1fr) minmax(0, 1fr)" }, columnGap: 4 }}
      >
        <Guarded needs="orders:read" part="Working orders">
          <AccountOrders accountId={accountId} />
        </Guarded>
        <Guarded needs="allocations:read" part="Recent allocations">
          <RecentAllocations accountId={accountId} />
        </Guarded>
      </Box>
    </>
  );
}

function AgainstBenchmark({ account }: { account: Account }) {
  const { benchmark } = account;
  const rows = [
    ["Spread duration, years", account.spread_duration, benchmark.spread_duration, metric],
    ["Duration, years", account.duration, benchmark.duration, metric],
    ["OAS, basis points", account.oas, benchmark.oas, basisPoints],
  ] as const;
  return (
    <Table aria-label="Account against its benchmark">
      <TableHead>
        <TableRow>
          <TableCell>Metric</TableCell>
          <TableCell align="right">Account</TableCell>
          <TableCell align="right">Benchmark</TableCell>
          <TableCell align="right">
            Active
            <Help of="GroupAccount.active_spread_duration" label="active spread duration" />
          </TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {rows.map(([name, own, other, format]) => (
          <TableRow key={name}>
            <TableCell component="th" scope="row">
              {name}
            </TableCell>
            <TableCell align="right">{format(own)}</TableCell>
            <TableCell align="right">{format(other)}</TableCell>
            <TableCell align="right" sx={{ fontWeight: 600 }}>
              {signed(format, own === null || other === null ? null : own - other)}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
