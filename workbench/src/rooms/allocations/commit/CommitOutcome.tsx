import {
  Alert,
  type AlertColor,
  AlertTitle,
  Box,
  Button,
  Link,
  Stack,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableRow,
} from "@mui/material";
import { Link as RouterLink, useNavigate } from "react-router-dom";
import type { Allocation, AllocationStatus, CommitResult, CommitStatus } from "../../../api/generated/api";
import { count, face, words } from "../../../kit/format";
import { IdLink } from "../../../kit/links";
import { useAppDispatch } from "../../../store";
import { draftCleared } from "../draftSlice";
import { STATUS_IN_WORDS } from "./decisions";

const SEVERITY: Record<CommitStatus, AlertColor> = {
  SUCCESS: "success",
  FAILED: "error",
  PENDING_COMPLIANCE: "warning",
  PENDING_APPROVAL: "info",
};

const TITLE: Record<CommitStatus, string> = {
  SUCCESS: "Committed: Aladdin has the order",
  FAILED: "Not committed: no order came of it",
  PENDING_COMPLIANCE: "Aladdin has the order; its compliance has not finished and may still bar it",
  PENDING_APPROVAL: STATUS_IN_WORDS.PENDING_APPROVAL,
};

const OF_STATUS: Record<AllocationStatus, AlertColor> = {
  PREVIEWED: "info",
  PENDING_APPROVAL: "info",
  COMMITTING: "info",
  SUBMITTED: "success",
  FAILED: "error",
  UNKNOWN: "warning",
  CANCELLED: "info",
  EXPIRED: "info",
  REJECTED: "warning",
};

/** How the result of a commit is told in one line, and how serious it is. */
export function outcomeOf(status: CommitStatus): { severity: AlertColor; title: string } {
  return { severity: SEVERITY[status], title: TITLE[status] };
}

/** What became of an allocation that is no preview any more, account by account. */
export function CommitOutcome({
  allocation,
  result,
  newOrder = false,
}: {
  allocation: Allocation;
  /** The answer to this page's own commit, else what is stored. */
  result: CommitResult | null;
  /** Offers the next order. */
  newOrder?: boolean;
}) {
  const { severity, title } = result
    ? outcomeOf(result.status)
    : { severity: OF_STATUS[allocation.status], title: STATUS_IN_WORDS[allocation.status] };
  const orders = result?.aladdin_order_ids ?? [];
  return (
    <Alert severity={severity} variant="outlined" role="region" aria-label="Result of the commit">
      <Box role="status">
        <AlertTitle sx={{ fontSize: "0.9375rem", mb: 0 }}>{title}</AlertTitle>
        {result?.message}
      </Box>
      <Stack direction="row" useFlexGap sx={{ gap: 2, flexWrap: "wrap", alignItems: "center", my: 0.5 }}>
        {orders.map((id) => (
          <span key={id}>
            Order <IdLink inText of="order" id={id} />
          </span>
        ))}
        {allocation.status === "PENDING_APPROVAL" && (
          <Link component={RouterLink} to="/approvals" underline="always">
            Approvals
          </Link>
        )}
        {result && (
          <span>
            Audit record <IdLink inText of="audit" id={result.audit_id} />
          </span>
        )}
        {newOrder && (
          <>
            <span>
              Allocation <IdLink inText of="allocation" id={allocation.allocation_id} />
            </span>
            <NewOrder />
          </>
        )}
      </Stack>
      {result && result.allocations.length > 0 && <Lines result={result} allocation={allocation} />}
    </Alert>
  );
}

function NewOrder() {
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  return (
    <Button
      variant="contained"
      autoFocus
      onClick={() => {
        dispatch(draftCleared());
        navigate("/workbench/order-entry");
      }}
    >
      Next order
    </Button>
  );
}

const MOST_LINES = 200;

function Lines({ result, allocation }: { result: CommitResult; allocation: Allocation }) {
  const names = new Map(allocation.allocations.map((account) => [account.account_id, account.account_name]));
  const lines = result.allocations.slice(0, MOST_LINES);
  const more = result.allocations.length - lines.length;
  return (
    <Box
      // What scrolls is reached by keyboard.
      tabIndex={0}
      role="region"
      aria-label="Result by account"
      sx={{ maxHeight: 220, overflow: "auto", color: "text.primary" }}
    >
      <Table stickyHeader aria-label="Result by account" sx={{ "& td": { whiteSpace: "nowrap" } }}>
        <TableHead>
          <TableRow>
            <TableCell>Account</TableCell>
            <TableCell>Name</TableCell>
            <TableCell align="right">Quantity</TableCell>
            <TableCell>Result</TableCell>
            <TableCell>Order</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {lines.map((line) => (
            <TableRow key={line.account_id}>
              <TableCell>
                <IdLink of="account" id={line.account_id} />
              </TableCell>
              <TableCell>{names.get(line.account_id)}</TableCell>
              <TableCell align="right">{face(line.allocated_quantity)}</TableCell>
              <TableCell title={line.message}>{words(line.status)}</TableCell>
              <TableCell>
                {line.aladdin_order_id && <IdLink of="order" id={line.aladdin_order_id} />}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {more > 0 && <Box sx={{ p: 1 }}>And {count(more)} more; the table of accounts below has all.</Box>}
    </Box>
  );
}
