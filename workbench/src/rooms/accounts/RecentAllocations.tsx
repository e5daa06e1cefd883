import { Table, TableBody, TableCell, TableContainer, TableHead, TableRow, Typography } from "@mui/material";
import { useListAllocationsQuery } from "../../api/generated/api";
import { dateTime, face } from "../../kit/format";
import { IdLink } from "../../kit/links";
import { Section } from "../../kit/Section";
import { SideMark } from "../../kit/Side";
import { ErrorNote, Loading } from "../../kit/states";
import { methodName } from "../allocations/method/methods";
import { ALLOCATION_STATUS } from "../allocations/statusWords";

const NEWEST = 10;

/** The newest allocations that give the account something. */
export function RecentAllocations({ accountId }: { accountId: string }) {
  const { data, error, refetch } = useListAllocationsQuery({ accountId, limit: NEWEST });
  return (
    <Section title="Recent allocations" note={data?.next_cursor && `The newest ${NEWEST}`}>
      {error ? (
        <ErrorNote error={error} onRetry={refetch} title="The allocations could not be read" />
      ) : !data ? (
        <Loading label="Reading the allocations" height={120} />
      ) : data.allocations.length === 0 ? (
        <Typography color="textSecondary">No allocation has given this account anything yet.</Typography>
      ) : (
        <TableContainer
          sx={{ maxHeight: 300 }}
          tabIndex={0}
          role="region"
          aria-label={`Recent allocations of ${accountId}`}
        >
          <Table stickyHeader sx={{ "& td": { whiteSpace: "nowrap" } }}>
            <TableHead>
              <TableRow>
                <TableCell>Allocation</TableCell>
                <TableCell>Bond</TableCell>
                <TableCell>Side</TableCell>
                <TableCell align="right">Face of the block</TableCell>
                <TableCell>Method</TableCell>
                <TableCell>State</TableCell>
                <TableCell>At</TableCell>
              </TableRow>
            </TableHead>
            <TableBody>
              {data.allocations.map((line) => (
                <TableRow key={line.allocation_id}>
                  <TableCell>
                    <IdLink of="allocation" id={line.allocation_id} />
                  </TableCell>
                  <TableCell>
                    <IdLink
                      of="security"
                      id={line.security_id}
                      label={line.security_description ?? line.security_id}
                    />
                  </TableCell>
                  <TableCell>
                    <SideMark side={line.side} />
                  </TableCell>
                  <TableCell align="right">{face(line.total_allocated)}</TableCell>
                  <TableCell>{methodName(line.allocation_method)}</TableCell>
                  <TableCell>{ALLOCATION_STATUS[line.status]}</TableCell>
                  <TableCell>{dateTime(line.timestamp)}</TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </TableContainer>
      )}
    </Section>
  );
}
