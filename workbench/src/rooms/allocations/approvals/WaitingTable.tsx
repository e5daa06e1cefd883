import { Link, Table, TableBody, TableCell, TableContainer, TableHead, TableRow } from "@mui/material";
import { Link as RouterLink } from "react-router-dom";
import type { AllocationLine } from "../../../api/generated/api";
import { dateTime, face, shortId, timeOfDay } from "../../../kit/format";
import { SideMark } from "../../../kit/Side";

/** Allocations that wait for somebody; one of them is looked at below. */
export function WaitingTable({
  label,
  rows,
  chosen,
  username,
  ends,
}: {
  label: string;
  /** They can be decided on until a moment. */
  ends: boolean;
  rows: readonly AllocationLine[];
  chosen: string;
  username: string;
}) {
  return (
    <TableContainer>
      <Table aria-label={label}>
        <TableHead>
          <TableRow>
            <TableCell>Allocation</TableCell>
            <TableCell>Bond</TableCell>
            <TableCell>Side</TableCell>
            <TableCell align="right">Face</TableCell>
            <TableCell>Groups</TableCell>
            <TableCell>Previewed by</TableCell>
            <TableCell>Previewed</TableCell>
            {ends && <TableCell>Until</TableCell>}
          </TableRow>
        </TableHead>
        <TableBody>
          {rows.map((row) => (
            <TableRow key={row.allocation_id} selected={row.allocation_id === chosen} hover>
              <TableCell>
                <Link
                  component={RouterLink}
                  to={`?allocation=${encodeURIComponent(row.allocation_id)}`}
                  aria-current={row.allocation_id === chosen ? "true" : undefined}
                  title={row.allocation_id}
                >
                  {shortId(row.allocation_id)}
                </Link>
              </TableCell>
              <TableCell>{row.security_description ?? row.security_id}</TableCell>
              <TableCell>
                <SideMark side={row.side} />
              </TableCell>
              <TableCell align="right">{face(row.total_allocated)}</TableCell>
              <TableCell>{row.portfolio_groups.join(", ")}</TableCell>
              <TableCell>
                {row.created_by === username ? `${row.created_by} (you)` : row.created_by}
              </TableCell>
              <TableCell>{dateTime(row.timestamp)}</TableCell>
              {ends && <TableCell>{timeOfDay(row.expires_at)}</TableCell>}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
