import { Button, Stack, Typography } from "@mui/material";
import { useState } from "react";
import {
  type Allocation,
  type Approval,
  type CommitResult,
  useApproveAllocationMutation,
  useGetSystemStatusQuery,
  useRejectAllocationMutation,
  useWithdrawAllocationMutation,
} from "../../../api/generated/api";
import { count, dateTime, words } from "../../../kit/format";
import { ReasonDialog } from "../../../kit/ReasonDialog";
import { selectUser } from "../../../session/sessionSlice";
import { usePermission } from "../../../session/usePermission";
import { useAppSelector } from "../../../store";
import { outcomeOf } from "../commit/CommitOutcome";
import { confirmationInWords } from "../commit/confirmation";
import { useBond } from "../commit/useBond";
import { WhichAladdin } from "../commit/WhichAladdin";
import { timeInWords } from "../preview/expiry";
import { useSecondsLeft } from "../preview/useSecondsLeft";
import { AllocationView } from "../view/AllocationView";
import { StepFooter } from "../wizard/StepFooter";
import { againstApproval, barred } from "./fourEyes";
import type { Came, Decision } from "./useDecision";

type Asked = "approve" | "reject" | "withdraw";

function approved(result: CommitResult): Came {
  const orders = result.aladdin_order_ids.join(", ");
  const words = `Approved.${orders ? ` Order ${orders}.` : ""} ${result.message}`;
  return { severity: outcomeOf(result.status).severity, words };
}

/** A commit that waits: what would be sent, why it waits, and the decision. */
export function Waiting({
  allocation,
  approval,
  decision,
}: {
  allocation: Allocation;
  approval: Approval;
  decision: Decision;
}) {
  const [acknowledged, setAcknowledged] = useState<readonly string[]>([]);
  const [asking, setAsking] = useState<Asked | null>(null);
  const { state, decide } = decision;
  const { approve, reject, withdraw } = useSenders(allocation.allocation_id);
  const bond = useBond(allocation.order.security_id);
  const now = useDeciding(acknowledged);
  const waits = allocation.status === "PENDING_APPROVAL";
  const busy = state.kind === "BUSY";
  const sentence = confirmationInWords(allocation, bond);
  const submit = (asked: Asked, reason: string) => {
    setAsking(null);
    if (asked === "approve") void decide(approve(reason, acknowledged), approved);
    else if (asked === "reject")
      void decide(reject(reason), () => ({ severity: "success", words: "Rejected. Nothing was sent." }));
    else
      void decide(withdraw, () => ({
        severity: "success",
        words: "Withdrawn. It is a preview again, and nothing was sent.",
      }));
  };
  return (
    <Stack spacing={1.5}>
      <Reasons approval={approval} sentence={sentence} />
      <AllocationView
        allocation={allocation}
        acknowledged={acknowledged}
        onAcknowledge={
          waits &&
          approval.needed_for.includes("WARNINGS") &&
          barred({ ...allocation, approval }, now) === null
            ? setAcknowledged
            : undefined
        }
      />
      {waits && (
        <StepFooter>
          <TimeLeft until={allocation.expires_at} />
          <Decide
            busy={busy}
            isOwn={approval.requested_by === now.username}
            barred={barred({ ...allocation, approval }, now)}
            against={againstApproval({ ...allocation, approval }, now)}
            onAsk={setAsking}
          />
        </StepFooter>
      )}
      {asking && (
        <ReasonDialog
          title={DIALOG[asking].title}
          action={DIALOG[asking].action}
          label={asking === "reject" ? "Reason" : "Comment"}
          optional={asking !== "reject"}
          tone={asking === "reject" ? "error" : "primary"}
          wordless={asking === "withdraw"}
          onClose={() => setAsking(null)}
          onSubmit={(reason) => submit(asking, reason)}
        >
          <Typography sx={{ fontWeight: 600, mb: 1 }}>{sentence}</Typography>
          <Typography color="textSecondary" sx={{ mb: 1 }}>
            {DIALOG[asking].words}
          </Typography>
          {asking === "approve" && <WhichAladdin mode={now.mode} />}
        </ReasonDialog>
      )}
    </Stack>
  );
}

const DIALOG: Record<Asked, { title: string; action: string; words: string }> = {
  approve: {
    title: "Approve this commit?",
    action: "Approve and send",
    words: "The book is checked again, then the order leaves at once.",
  },
  reject: {
    title: "Reject this commit?",
    action: "Reject",
    words: "A rejection is final: whoever still wants the order makes a new preview.",
  },
  withdraw: {
    title: "Withdraw this commit?",
    action: "Withdraw",
    words: "Nothing was sent. It becomes a preview again, which can be changed and committed.",
  },
};

function useDeciding(acknowledged: readonly string[]) {
  const username = useAppSelector(selectUser)?.username ?? "";
  const mayApprove = usePermission("allocations:approve");
  const { data: status } = useGetSystemStatusQuery();
  return { username, mayApprove, trading: status?.trading ?? null, mode: status?.mode, acknowledged };
}

function useSenders(allocationId: string) {
  const [approveAllocation] = useApproveAllocationMutation();
  const [rejectAllocation] = useRejectAllocationMutation();
  const [withdrawAllocation] = useWithdrawAllocationMutation();
  const named = (key: string) => ({ allocationId, "Idempotency-Key": key });
  return {
    approve: (comment: string, ids: readonly string[]) => (key: string) =>
      approveAllocation({
        ...named(key),
        approve: { ...(comment ? { comment } : {}), ...(ids.length > 0 ? { acknowledge: [...ids] } : {}) },
      }).unwrap(),
    reject: (reason: string) => (key: string) =>
      rejectAllocation({ ...named(key), reject: { reason } }).unwrap(),
    withdraw: (key: string) => withdrawAllocation(named(key)).unwrap(),
  };
}

function warningsInWords(number: number): string {
  return number === 1 ? "1 warning" : `${count(number)} warnings`;
}

function Reasons({ approval, sentence }: { approval: Approval; sentence: string }) {
  const why = approval.needed_for.map((reason) =>
    reason === "ABOVE_NOTIONAL" ? "its notional is above the desk's threshold" : "its preview has warnings",
  );
  return (
    <div>
      <Typography sx={{ fontWeight: 600 }}>{sentence}</Typography>
      <Typography color="textSecondary">
        Asked for by {approval.requested_by}, {dateTime(approval.requested_at)}
        {approval.comment && `: "${approval.comment}"`}. It needs another user because {why.join(", and ")}.
        {approval.acknowledged_warnings.length > 0 &&
          ` ${approval.requested_by} acknowledged ${warningsInWords(approval.acknowledged_warnings.length)}.`}
        {approval.decision &&
          ` ${words(approval.decision)} by ${approval.decided_by}, ${dateTime(approval.decided_at)}${approval.reason ? `: "${approval.reason}"` : ""}.`}
      </Typography>
    </div>
  );
}

function TimeLeft({ until }: { until: string }) {
  const seconds = useSecondsLeft(until);
  return (
    <Typography color={seconds < 60 ? "warning.main" : "text.secondary"}>
      {seconds === 0 ? "It has expired." : `Can be approved for ${timeInWords(seconds)}.`}
    </Typography>
  );
}

function Decide({
  busy,
  isOwn,
  barred: why,
  against,
  onAsk,
}: {
  busy: boolean;
  isOwn: boolean;
  barred: string | null;
  against: string | null;
  onAsk: (asked: Asked) => void;
}) {
  const mayCommit = usePermission("allocations:commit");
  return (
    <>
      {against && (
        <Typography id="against" color="textSecondary">
          {against}
        </Typography>
      )}
      {isOwn && mayCommit && (
        <Button variant="outlined" disabled={busy} onClick={() => onAsk("withdraw")}>
          Withdraw…
        </Button>
      )}
      {!isOwn && (
        <>
          <Button
            variant="outlined"
            color="error"
            disabled={busy || why !== null}
            aria-describedby={why ? "against" : undefined}
            onClick={() => onAsk("reject")}
          >
            Reject…
          </Button>
          <Button
            variant="contained"
            disabled={busy || against !== null}
            aria-describedby={against ? "against" : undefined}
            onClick={() => onAsk("approve")}
          >
            Approve…
          </Button>
        </>
      )}
    </>
  );
}
