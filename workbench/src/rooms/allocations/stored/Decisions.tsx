import { Link, Typography } from "@mui/material";
import { Link as RouterLink } from "react-router-dom";
import type { Allocation } from "../../../api/generated/api";
import { dateTime, words } from "../../../kit/format";
import { IdLink } from "../../../kit/links";

/** What people decided about an allocation, and where it came from: a comparison, an edit, an approval, a settlement. */
export function Decisions({ allocation }: { allocation: Allocation }) {
  const { comparison, adjustment, approval, settlement } = allocation;
  if (!comparison && !adjustment && !approval && !settlement) return null;
  return (
    <div>
      {comparison && (
        <Typography>
          Chosen as "{comparison.variant}" in comparison{" "}
          <IdLink inText of="comparison" id={comparison.comparison_id} />.
        </Typography>
      )}
      {adjustment && (
        <Typography>
          Edited from <IdLink inText of="allocation" id={adjustment.adjusted_from} />; without any edit it is{" "}
          <IdLink inText of="allocation" id={adjustment.unedited_id} />.
        </Typography>
      )}
      {approval && (
        <Typography>
          Approval asked for by {approval.requested_by}, {dateTime(approval.requested_at)}, because of{" "}
          {approval.needed_for.map((reason) => words(reason).toLowerCase()).join(" and ")}
          {approval.comment && `: "${approval.comment}"`}.{" "}
          {approval.decision === null ? (
            <Link component={RouterLink} to="/approvals" underline="always">
              It waits for another user
            </Link>
          ) : (
            <>
              {words(approval.decision)} by {approval.decided_by}, {dateTime(approval.decided_at)}
              {approval.reason && `: "${approval.reason}"`}.
            </>
          )}
        </Typography>
      )}
      {settlement && (
        <Typography>
          Outcome {settlement.confirmed_by ? "settled" : "proposed"} as{" "}
          {words(settlement.outcome).toLowerCase()} by {settlement.proposed_by},{" "}
          {dateTime(settlement.proposed_at)}: "{settlement.reason}"
          {settlement.confirmed_by &&
            `; confirmed by ${settlement.confirmed_by}, ${dateTime(settlement.confirmed_at)}`}
          .
        </Typography>
      )}
    </div>
  );
}
