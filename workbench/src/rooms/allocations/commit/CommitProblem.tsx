import { Alert, AlertTitle, Box, Button, Link, Stack, Typography } from "@mui/material";
import { type ReactNode, useEffect, useRef } from "react";
import { Link as RouterLink } from "react-router-dom";
import type { Allocation, Problem } from "../../../api/generated/api";
import { messageOf, problemOf } from "../../../api/problems";
import { price, words } from "../../../kit/format";
import { IdLink } from "../../../kit/links";
import { DifferenceTable } from "./DifferenceTable";
import type { Remedy } from "./decisions";

export interface Remedies {
  newPreview: () => void;
  again: () => void;
  openAgain: () => void;
}

/** Why a commit was refused, what changed since the preview, and what to do next. */
export function CommitProblem({
  allocation,
  error,
  remedy,
  remedies,
}: {
  allocation: Allocation;
  error: unknown;
  remedy: Remedy;
  remedies: Remedies;
}) {
  const problem = problemOf(error);
  const place = useRef<HTMLDivElement | null>(null);
  useEffect(() => {
    if (error) place.current?.focus();
  }, [error]);
  return (
    <Alert
      ref={place}
      tabIndex={-1}
      severity="error"
      variant="outlined"
      role="alert"
      aria-label="Not committed"
    >
      <AlertTitle sx={{ fontSize: "0.9375rem", mb: 0 }}>
        Not committed: {problem?.title ?? "nothing was sent"}
      </AlertTitle>
      {messageOf(error)}
      {problem && <Members problem={problem} allocation={allocation} />}
      <Stack direction="row" sx={{ gap: 1.5, mt: 1, alignItems: "center", flexWrap: "wrap" }}>
        <RemedyButton remedy={remedy} remedies={remedies} />
        {problem && (
          <Typography variant="caption" color="textSecondary">
            {problem.code} · request {problem.request_id}
          </Typography>
        )}
      </Stack>
    </Alert>
  );
}

const BUTTON: Partial<Record<Remedy, [string, keyof Remedies]>> = {
  NEW_PREVIEW: ["New preview with these inputs", "newPreview"],
  OPEN: ["Show its present state", "openAgain"],
  TRY_AGAIN: ["Try again", "again"],
  REPEAT: ["Try again", "again"],
  LOOK_UP: ["Try again", "again"],
};

function RemedyButton({ remedy, remedies }: { remedy: Remedy; remedies: Remedies }) {
  if (remedy === "ACKNOWLEDGE")
    return (
      <Button variant="contained" onClick={() => document.getElementById("warnings")?.focus()}>
        Go to the warnings
      </Button>
    );
  const button = BUTTON[remedy];
  if (!button) return null;
  const [text, action] = button;
  return (
    <Button variant="contained" onClick={() => remedies[action]()}>
      {text}
    </Button>
  );
}

/** What the problem tells beside its words, account by account. */
function Members({ problem, allocation }: { problem: Problem; allocation: Allocation }): ReactNode {
  switch (problem.code) {
    case "BOOK_CHANGED":
      return "accounts" in problem && problem.accounts ? (
        <DifferenceTable differences={problem.accounts} allocation={allocation} />
      ) : null;
    case "PRICE_MOVED":
      return "market_price" in problem ? (
        <>
          <p>
            Market price {price(problem.previewed_market_price)} at the preview, {price(problem.market_price)}{" "}
            now.
          </p>
          <DifferenceTable differences={problem.accounts} allocation={allocation} />
        </>
      ) : null;
    case "ACCOUNTS_UNSETTLED":
      return <Unsettled problem={problem} />;
    case "WARNINGS_NOT_OVERRIDDEN":
      return (
        "warnings" in problem && (
          <Items>
            {problem.warnings.map(({ warning_id, type, account_id }) => (
              <li key={warning_id}>
                {words(type)}: {account_id ?? "the whole order"}
              </li>
            ))}
          </Items>
        )
      );
    case "EVIDENCE_BROKEN":
      return <Broken problem={problem} />;
    default:
      return null;
  }
}

function Items({ children }: { children: ReactNode }) {
  return (
    <Box component="ul" sx={{ m: 0, mt: 0.5, pl: 2.5, maxHeight: 200, overflow: "auto" }}>
      {children}
    </Box>
  );
}

function Unsettled({ problem }: { problem: Problem }) {
  if (!("accounts" in problem)) return null;
  return (
    <Items>
      {problem.accounts?.map(
        (account) =>
          "allocation_id" in account && (
            <li key={`${account.account_id} ${account.allocation_id}`}>
              <IdLink inText of="account" id={account.account_id} /> in{" "}
              <IdLink inText of="allocation" id={account.allocation_id} /> ({words(account.allocation_status)}
              )
            </li>
          ),
      )}
    </Items>
  );
}

function Broken({ problem }: { problem: Problem }) {
  if (!("breaks" in problem)) return null;
  return (
    <>
      <Items>
        {problem.breaks.map((found) => (
          <li key={`${found.table} ${found.column} ${found.message}`}>{found.message}</li>
        ))}
      </Items>
      <Link component={RouterLink} to="/audit" underline="always">
        Verify the audit trail
      </Link>
    </>
  );
}
