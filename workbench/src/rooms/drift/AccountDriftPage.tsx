import { Button } from "@mui/material";
import { lazy } from "react";
import { Link, useParams } from "react-router-dom";
import { type AccountDrift, type BookDrift, useGetAccountDriftQuery } from "../../api/generated/api";
import { problemOf } from "../../api/problems";
import { FactStrip } from "../../kit/FactStrip";
import { dateTime, money, UNKNOWN } from "../../kit/format";
import { PAGE_OF } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { NotRead } from "../../kit/NotRead";
import { Page } from "../../kit/Page";
import { Loading } from "../../kit/states";
import { UrlTabs } from "../../kit/UrlTabs";
import { usePermission } from "../../session/usePermission";
import { ProposeButton } from "../proposals/ProposeButton";
import { ageWords } from "./driftWords";
import { NoTargets } from "./NoTargets";
import { DriftParts } from "./SetDriftPart";
import { WarningList } from "./WarningList";

const HistoryTab = lazy(() => import("./history/HistoryTab"));
const AttributionTab = lazy(() => import("./history/AttributionTab"));

export default function AccountDriftPage() {
  const { accountId = "" } = useParams();
  if (!usePermission("portfolios:read")) return <NotPermitted title="Drift" permission="portfolios:read" />;
  return <Loaded key={accountId} accountId={accountId} />;
}

function Loaded({ accountId }: { accountId: string }) {
  const measured = useGetAccountDriftQuery({ accountId });
  const { data } = measured;
  const name = data?.account.account_name;
  return (
    <Page
      title={`Drift of ${accountId}`}
      subtitle={name !== accountId && name}
      actions={
        <>
          <Button component={Link} to={PAGE_OF.account(accountId)} variant="outlined">
            Open the account
          </Button>
          {data && <ProposeButton scope="ACCOUNT" id={accountId} />}
        </>
      }
    >
      <UrlTabs
        label={`Drift of ${accountId}`}
        tabs={[
          { value: "", label: "Now", content: <Now accountId={accountId} measured={measured} /> },
          { value: "history", label: "History", content: <HistoryTab scope="ACCOUNT" id={accountId} /> },
          { value: "moved", label: "What moved it", content: <AttributionTab accountId={accountId} /> },
        ]}
      />
    </Page>
  );
}

function Now({
  accountId,
  measured: { data, error, refetch },
}: {
  accountId: string;
  measured: { data?: AccountDrift; error?: unknown; refetch: () => void };
}) {
  if (data)
    return (
      <>
        <BookFacts book={data.account} measured={data.timestamp} />
        <WarningList warnings={data.account.warnings} />
        <DriftParts book={data.account} of={accountId} />
      </>
    );
  if (problemOf(error)?.code === "NO_TARGETS") return <NoTargets scope="ACCOUNT" id={accountId} />;
  if (error)
    return (
      <NotRead what="account" error={error} onRetry={refetch} all={{ to: "/drift", label: "All accounts" }} />
    );
  return <Loading label="Measuring the account" height="60vh" />;
}

/** What a book is measured on. */
export function BookFacts({ book, measured }: { book: BookDrift; measured: string }) {
  return (
    <FactStrip
      facts={[
        [`NAV, ${book.currency ?? UNKNOWN}`, money(book.nav)],
        ["Needs rebalancing", book.needs_rebalancing ? "Yes" : "No"],
        ["Positions of", ageWords(book)],
        ["Measured", dateTime(measured)],
      ]}
    />
  );
}
