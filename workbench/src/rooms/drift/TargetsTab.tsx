import { Link, Table, TableBody, TableCell, TableContainer, TableHead, TableRow } from "@mui/material";
import { useCallback } from "react";
import { Link as RouterLink } from "react-router-dom";
import { type TargetSetRow, useLazyListTargetSetsQuery } from "../../api/generated/api";
import { date, UNKNOWN } from "../../kit/format";
import { MoreRows } from "../../kit/MoreRows";
import { Empty, ErrorNote, Loading } from "../../kit/states";
import { usePages } from "../../kit/usePages";
import { DIMENSIONS, SCOPES, targetsPath } from "./driftWords";
import { StateThem } from "./NoTargets";
import { contentWords } from "./targetForm";

const PAGE_ROWS = 100;
const NAMES = ["Targets of", "By", "In force", "Since", "Targets", "Waits for approval"];

/** All target sets, newest first. */
export default function TargetsTab() {
  const [list] = useLazyListTargetSetsQuery();
  const read = useCallback(
    async (cursor: string | undefined) => {
      const page = await list({ cursor, limit: PAGE_ROWS }).unwrap();
      return { rows: page.target_sets, next: page.next_cursor };
    },
    [list],
  );
  const { rows, next, error, busy, more, again } = usePages<TargetSetRow>(read);
  if (error !== null)
    return <ErrorNote error={error} onRetry={again} title="The targets could not be read" />;
  if (!rows) return <Loading label="Reading the targets" height={240} />;
  if (rows.length === 0)
    return (
      <Empty title="No targets are stated yet" action={<StateThem scope="GROUP" id="" />}>
        Targets say what an account or a group aims at; drift is measured from them.
      </Empty>
    );
  return (
    <>
      <TableContainer tabIndex={0} role="region" aria-label="Target sets">
        <Table aria-label="Target sets">
          <TableHead>
            <TableRow>
              {NAMES.map((name) => (
                <TableCell key={name}>{name}</TableCell>
              ))}
            </TableRow>
          </TableHead>
          <TableBody sx={{ "& td, & th": { verticalAlign: "top" } }}>
            {rows.map((row) => (
              <Row key={row.target_set_id} row={row} />
            ))}
          </TableBody>
        </Table>
      </TableContainer>
      <MoreRows shown={rows.length} what="target sets" next={next} busy={busy} onMore={more} />
    </>
  );
}

function Row({ row: { scope, scope_id, dimension, in_force, pending } }: { row: TargetSetRow }) {
  return (
    <TableRow>
      <TableCell component="th" scope="row" sx={{ whiteSpace: "nowrap" }}>
        <Link component={RouterLink} to={targetsPath(scope, scope_id, dimension)}>
          {SCOPES[scope]} {scope_id}
        </Link>
      </TableCell>
      <TableCell sx={{ whiteSpace: "nowrap" }}>{DIMENSIONS[dimension]}</TableCell>
      <TableCell sx={{ whiteSpace: "nowrap" }}>{in_force ? `Version ${in_force.version}` : "None"}</TableCell>
      <TableCell sx={{ whiteSpace: "nowrap" }}>{date(in_force?.effective_from)}</TableCell>
      <TableCell sx={{ minWidth: 240 }}>{in_force ? contentWords(dimension, in_force) : UNKNOWN}</TableCell>
      <TableCell>
        {pending ? `Version ${pending.version}, stated by ${pending.created_by}` : UNKNOWN}
      </TableCell>
    </TableRow>
  );
}
