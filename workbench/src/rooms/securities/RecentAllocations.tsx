import { Box, Link, Table, TableBody, TableCell, TableHead, TableRow, Typography } from "@mui/material";
import { Link as RouterLink } from "react-router-dom";
import { useListAllocationsQuery } from "../../api/generated/api";
import { dateTime, face, words } from "../../kit/format";
import { IdLink } from "../../kit/links";
import { SideMark } from "../../kit/Side";
import { ErrorNote, Loading } from "../../kit/states";
import { methodName } from "../allocations/method/methods";

const NEWEST = 8;

/** The newest allocations of a bond. */
export function RecentAllocations({ securityId }: { securityId: string | undefined }) {
  const {
    currentData: data,
    error,
    refetch,
  } = useListAllocationsQuery({ securityId, limit: NEWEST }, { skip: securityId === undefined });
  if (error && !data)
    return <ErrorNote error={error} onRetry={refetch} title="The allocations cannot be shown" />;
  if (!data) return <Loading label="Loading the allocations" height={140} />;
  if (data.allocations.length === 0)
    return <Typography color="textSecondary">Nothing was allocated of this bond yet.</Typography>;
  return (
    <Box sx={{ overflowX: "auto" }} tabIndex={0} role="group" aria-label="Allocations of this bond">
      <Table aria-label="Allocations of this bond" sx={{ "& td, & th": { whiteSpace: "nowrap" } }}>
        <TableHead>
          <TableRow>
            <TableCell>Allocation</TableCell>
            <TableCell>State</TableCell>
            <TableCell>Side</TableCell>
            <TableCell align="right">Face</TableCell>
            <TableCell>Method</TableCell>
            <TableCell>By</TableCell>
            <TableCell>At</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {data.allocations.map((line) => (
            <TableRow key={line.allocation_id}>
              <TableCell>
                <IdLink of="allocation" id={line.allocation_id} />
              </TableCell>
              <TableCell>{words(line.status)}</TableCell>
              <TableCell>
                <SideMark side={line.side} />
              </TableCell>
              <TableCell align="right">{face(line.quantity)}</TableCell>
              <TableCell>{methodName(line.allocation_method)}</TableCell>
              <TableCell>{line.created_by}</TableCell>
              <TableCell>{dateTime(line.timestamp)}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {data.next_cursor && (
        <Link
          component={RouterLink}
          to={`/allocations?bond=${encodeURIComponent(securityId ?? "")}`}
          variant="body2"
        >
          All allocations of this bond
        </Link>
      )}
    </Box>
  );
}
