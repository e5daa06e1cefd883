import { yupResolver } from "@hookform/resolvers/yup";
import {
  Alert,
  Button,
  FormControl,
  FormControlLabel,
  FormLabel,
  Radio,
  RadioGroup,
  Stack,
  TextField,
  Typography,
} from "@mui/material";
import { useState } from "react";
import { Controller, useForm } from "react-hook-form";
import * as yup from "yup";
import {
  type Allocation,
  type Settlement,
  useRejectSettlementMutation,
  useSettleAllocationMutation,
} from "../../../api/generated/api";
import { dateTime, face } from "../../../kit/format";
import { ReasonDialog } from "../../../kit/ReasonDialog";
import { selectUser } from "../../../session/sessionSlice";
import { useAppSelector } from "../../../store";
import { ALLOCATION_STATUS } from "../statusWords";
import type { Decision } from "./useDecision";

const OUTCOMES = { SENT: "Aladdin has the order", NOT_SENT: "Aladdin never got the order" } as const;

const rules = yup.object({
  allocationId: yup.string().trim().required("Type the id of the allocation."),
  outcome: yup
    .string()
    .oneOf(["SENT", "NOT_SENT"] as const)
    .required("Choose what became of the order."),
  orderId: yup
    .string()
    .trim()
    .default("")
    .when("outcome", ([outcome], field) =>
      outcome === "SENT" ? field.required("Type Aladdin's id of the order.") : field,
    ),
  reason: yup.string().trim().required("Say how you know, for the audit trail.").max(1000),
});

type Values = yup.InferType<typeof rules>;

/** What users say became of an order whose outcome stays unknown (R10.14). Without an allocation its id is typed. */
export function SettleForm({ allocation, decision }: { allocation?: Allocation; decision: Decision }) {
  const me = useAppSelector(selectUser)?.username;
  const { state, decide } = decision;
  const [settle] = useSettleAllocationMutation();
  const [rejectSettlement] = useRejectSettlementMutation();
  const [dropping, setDropping] = useState(false);
  const proposal = allocation?.settlement?.confirmed_by === null ? allocation.settlement : null;
  const isOwn = proposal?.proposed_by === me;
  const send = (values: Values) =>
    decide(
      (key) =>
        settle({
          allocationId: values.allocationId,
          "Idempotency-Key": key,
          settle: {
            outcome: values.outcome,
            reason: values.reason,
            ...(values.outcome === "SENT" ? { order_id: values.orderId } : {}),
          },
        }).unwrap(),
      (now) =>
        now.status === "UNKNOWN"
          ? { severity: "info", words: "Proposed. Another user has to confirm the same." }
          : { severity: "success", words: `Settled. It is now: ${ALLOCATION_STATUS[now.status]}.` },
    );
  const drop = (reason: string) => {
    setDropping(false);
    void decide(
      (key) =>
        rejectSettlement({
          allocationId: allocation?.allocation_id ?? "",
          "Idempotency-Key": key,
          reject: { reason },
        }).unwrap(),
      () => ({ severity: "info", words: "The proposal was dropped. Another can be made." }),
    );
  };
  const busy = state.kind === "BUSY";
  return (
    <Stack spacing={1.5} sx={{ maxWidth: 720 }}>
      <Typography>
        Two users settle it: one says what became of the order, another confirms the same. Aladdin is asked
        both times, and its word counts more. An order that Aladdin shows cannot be declared unsent.
      </Typography>
      {proposal && (
        <Proposed proposal={proposal} isOwn={isOwn} busy={busy} onDrop={() => setDropping(true)} />
      )}
      {!isOwn && (
        <Words
          key={proposal?.proposed_at}
          allocation={allocation}
          proposal={proposal}
          busy={busy}
          onSubmit={send}
        />
      )}
      {dropping && (
        <ReasonDialog
          title="Drop this proposal?"
          action="Drop the proposal"
          tone="error"
          onClose={() => setDropping(false)}
          onSubmit={drop}
        />
      )}
    </Stack>
  );
}

function Proposed({
  proposal,
  isOwn,
  busy,
  onDrop,
}: {
  proposal: Settlement;
  isOwn: boolean;
  busy: boolean;
  onDrop: () => void;
}) {
  return (
    <Alert
      severity="info"
      variant="outlined"
      action={
        <Button color="inherit" disabled={busy} onClick={onDrop} sx={{ whiteSpace: "nowrap" }}>
          {isOwn ? "Take it back…" : "Reject it…"}
        </Button>
      }
    >
      {isOwn ? "You" : proposal.proposed_by} proposed on {dateTime(proposal.proposed_at)}:{" "}
      <strong>{OUTCOMES[proposal.outcome]}</strong>
      {proposal.order_id && `, as order ${proposal.order_id}`}
      {proposal.order_quantity !== null && ` of ${face(proposal.order_quantity)} face`}. "{proposal.reason}"
      {isOwn && " Another user has to confirm the same."}
    </Alert>
  );
}

function Words({
  allocation,
  proposal,
  busy,
  onSubmit,
}: {
  allocation?: Allocation;
  proposal: Settlement | null;
  busy: boolean;
  onSubmit: (values: Values) => void;
}) {
  const { control, register, handleSubmit, watch, formState } = useForm<Values>({
    resolver: yupResolver(rules),
    defaultValues: {
      allocationId: allocation?.allocation_id ?? "",
      outcome: proposal?.outcome,
      orderId: proposal?.order_id ?? "",
      reason: "",
    },
  });
  const { errors } = formState;
  return (
    <form noValidate onSubmit={handleSubmit(onSubmit)}>
      <Stack spacing={1.5}>
        {!allocation && (
          <TextField
            {...register("allocationId")}
            label="Allocation id"
            error={errors.allocationId !== undefined}
            helperText={errors.allocationId?.message}
          />
        )}
        <Controller
          control={control}
          name="outcome"
          render={({ field }) => (
            <FormControl error={errors.outcome !== undefined}>
              <FormLabel id="outcome">What became of the order?</FormLabel>
              <RadioGroup row aria-labelledby="outcome" {...field} value={field.value ?? ""}>
                {Object.entries(OUTCOMES).map(([outcome, words]) => (
                  <FormControlLabel key={outcome} value={outcome} control={<Radio />} label={words} />
                ))}
              </RadioGroup>
              {errors.outcome && <Typography color="error">{errors.outcome.message}</Typography>}
            </FormControl>
          )}
        />
        {watch("outcome") === "SENT" && (
          <TextField
            {...register("orderId")}
            label="Order id at Aladdin"
            error={errors.orderId !== undefined}
            helperText={errors.orderId?.message}
          />
        )}
        <TextField
          {...register("reason")}
          label="How do you know?"
          required
          error={errors.reason !== undefined}
          helperText={errors.reason?.message ?? "For the audit trail"}
        />
        <Button type="submit" variant="contained" loading={busy} sx={{ alignSelf: "flex-end" }}>
          {proposal ? "Confirm" : "Propose"}
        </Button>
      </Stack>
    </form>
  );
}
