import { Button } from "@mui/material";
import { Link, useParams } from "react-router-dom";
import { type BookDrift, useGetAccountDriftQuery } from "../../api/generated/api";
import { problemOf } from "../../api/problems";
import { FactStrip } from "../../kit/FactStrip";
import { dateTime, money, UNKNOWN } from "../../kit/format";
import { PAGE_OF } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { NotRead } from "../../kit/NotRead";
import { Page } from "../../kit/Page";
import { Loading } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { ProposeButton } from "../proposals/ProposeButton";
import { ageWords } from "./driftWords";
import { NoTargets } from "./NoTargets";
import { DriftParts } from "./SetDriftPart";
import { WarningList } from "./WarningList";

export default function AccountDriftPage() {
  const { accountId = "" } = useParams();
  if (!usePermission("portfolios:read")) return <NotPermitted title="Drift" permission="portfolios:read" />;
  return <Loaded key={accountId} accountId={accountId} />;
}

function Loaded({ accountId }: { accountId: string }) {
  const { data, error, refetch } = useGetAccountDriftQuery({ accountId });
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
      {data ? (
        <>
          <BookFacts book={data.account} measured={data.timestamp} />
          <WarningList warnings={data.account.warnings} />
          <DriftParts book={data.account} of={accountId} />
        </>
      ) : problemOf(error)?.code === "NO_TARGETS" ? (
        <NoTargets scope="ACCOUNT" id={accountId} />
      ) : error ? (
        <NotRead
          what="account"
          error={error}
          onRetry={refetch}
          all={{ to: "/drift", label: "All accounts" }}
        />
      ) : (
        <Loading label="Measuring the account" height="60vh" />
      )}
    </Page>
  );
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
