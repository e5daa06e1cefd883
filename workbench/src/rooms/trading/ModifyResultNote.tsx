import { Alert, AlertTitle, Button, DialogActions, DialogContent, Typography } from "@mui/material";
import type { ModifyStatus } from "../../api/generated/api";
import { face } from "../../kit/format";
import { IdLink } from "../../kit/links";
import type { ModifyOutcome } from "./useModify";

const TITLES: Record<ModifyStatus, string> = {
  SUCCESS: "The order was changed",
  PENDING_COMPLIANCE: "Aladdin has the change, its compliance has not finished",
  FAILED: "The order was not changed",
};
const SEVERITIES = { SUCCESS: "success", PENDING_COMPLIANCE: "warning", FAILED: "error" } as const;

type Known = Extract<ModifyOutcome, { kind: "ANSWERED" | "LOST" }>;

/** The answer in three parts: how it went, its title, and the words. */
function told(outcome: Known): { severity: "success" | "warning" | "error"; title: string; words: string } {
  if (outcome.kind === "ANSWERED") {
    const { status, message } = outcome.result;
    return { severity: SEVERITIES[status], title: TITLES[status], words: message };
  }
  const now = outcome.order ? `Aladdin shows it with a face of ${face(outcome.order.quantity)}.` : "";
  if (outcome.found === "DONE") return { severity: "success", title: "The order was changed", words: now };
  if (outcome.found === "OTHERWISE")
    return { severity: "warning", title: "The order changed, but not as asked for here", words: now };
  if (outcome.found === "UNCHANGED")
    return {
      severity: "warning",
      title: "The order is unchanged so far",
      words: `${now} The change may still arrive: look again before you repeat it.`,
    };
  return {
    severity: "error",
    title: "It is not known whether the order was changed",
    words: "The order cannot be read at the moment. Look at it before you repeat the change.",
  };
}

export function ModifyResultNote({
  outcome,
  orderId,
  onClose,
}: {
  outcome: Known;
  orderId: string;
  onClose: () => void;
}) {
  const { severity, title, words } = told(outcome);
  return (
    <>
      <DialogContent>
        <Alert severity={severity} variant="outlined" role="status">
          <AlertTitle sx={{ fontSize: "0.875rem" }}>{title}</AlertTitle>
          {words}
          {outcome.kind === "ANSWERED" && (
            <Typography variant="body2" sx={{ mt: 0.5, "& a": { textDecoration: "underline" } }}>
              Order <IdLink of="order" id={orderId} />, audit record{" "}
              <IdLink of="audit" id={outcome.result.audit_id} />
            </Typography>
          )}
        </Alert>
      </DialogContent>
      <DialogActions>
        <Button variant="contained" onClick={onClose} autoFocus>
          Close
        </Button>
      </DialogActions>
    </>
  );
}
