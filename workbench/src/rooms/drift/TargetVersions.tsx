import { Table, TableBody, TableCell, TableContainer, TableHead, TableRow } from "@mui/material";
import type { TargetSet, TargetState, TargetVersion } from "../../api/generated/api";
import { date, dateTime, UNKNOWN } from "../../kit/format";
import { Section } from "../../kit/Section";
import { targetChanges } from "./targetForm";

const STATES: Record<TargetState, string> = {
  PENDING: "Waits for approval",
  APPROVED: "Approved",
  RETIRED: "Ends the targets",
  REJECTED: "Rejected",
  WITHDRAWN: "Withdrawn",
};
const NAMES = ["Version", "State", "From", "Stated", "Comment", "Decided", "What it changed"];

/** Whether a version was ever to hold, so that the next one changed it. */
const held = ({ state }: TargetVersion) => state === "APPROVED" || state === "RETIRED";

/** All versions, newest first, each with what it changed. */
export function TargetVersions({ set }: { set: TargetSet }) {
  return (
    <Section title="Versions">
      <TableContainer tabIndex={0} role="region" aria-label="Versions of the targets">
        <Table>
          <TableHead>
            <TableRow>
              {NAMES.map((name) => (
                <TableCell key={name}>{name}</TableCell>
              ))}
            </TableRow>
          </TableHead>
          <TableBody sx={{ "& td, & th": { verticalAlign: "top" } }}>
            {set.versions.map((each, place) => (
              <TableRow key={each.version} selected={each.version === set.in_force?.version}>
                <TableCell component="th" scope="row" sx={{ whiteSpace: "nowrap" }}>
                  {each.version}
                  {each.version === set.in_force?.version && " (in force)"}
                </TableCell>
                <TableCell>{STATES[each.state]}</TableCell>
                <TableCell sx={{ whiteSpace: "nowrap" }}>{date(each.effective_from)}</TableCell>
                <TableCell>
                  {dateTime(each.created_at)} by {each.created_by}
                </TableCell>
                <TableCell sx={{ minWidth: 160, whiteSpace: "pre-wrap" }}>{each.comment}</TableCell>
                <TableCell>
                  {each.decided_by
                    ? `${dateTime(each.decided_at)} by ${each.decided_by}. ${each.decision_comment ?? ""}`
                    : UNKNOWN}
                </TableCell>
                <TableCell sx={{ minWidth: 240 }}>
                  <Changed set={set} version={each} before={set.versions.slice(place + 1).find(held)} />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
    </Section>
  );
}

function Changed(props: { set: TargetSet; version: TargetVersion; before: TargetVersion | undefined }) {
  const changes = targetChanges(props.set.dimension, props.before ?? null, props.version);
  if (changes.length === 0) return "Nothing but its day and comment.";
  return changes.map(({ name, after }) => (
    <div key={name}>
      {name}: {after}
    </div>
  ));
}
