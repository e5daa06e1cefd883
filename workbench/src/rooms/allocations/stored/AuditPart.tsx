import { Button, Table, TableBody, TableCell, TableHead, TableRow } from "@mui/material";
import { useState } from "react";
import { useListAuditRecordsQuery } from "../../../api/generated/api";
import { dateTime, words } from "../../../kit/format";
import { Guarded } from "../../../kit/Guarded";
import { IdLink } from "../../../kit/links";
import { Empty, ErrorNote, Loading } from "../../../kit/states";

/** Who did what to an allocation, newest first. */
export function AuditPart({ allocationId }: { allocationId: string }) {
  return (
    <Guarded needs="audit:read">
      <Records allocationId={allocationId} />
    </Guarded>
  );
}

const STEP = 50;

function Records({ allocationId }: { allocationId: string }) {
  const [limit, setLimit] = useState(STEP);
  const { data, error, refetch } = useListAuditRecordsQuery(
    { entityType: "allocation", entityId: allocationId, limit },
    { refetchOnMountOrArgChange: true },
  );
  if (error) return <ErrorNote error={error} onRetry={refetch} />;
  if (!data) return <Loading label="Reading the audit records" height={120} />;
  if (data.audit_records.length === 0) return <Empty title="No audit records" />;
  return (
    <>
      <Table aria-label="Audit records of this allocation">
        <TableHead>
          <TableRow>
            <TableCell>When</TableCell>
            <TableCell>What</TableCell>
            <TableCell>Who</TableCell>
            <TableCell>Record</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {data.audit_records.map((record) => (
            <TableRow key={record.audit_id}>
              <TableCell>{dateTime(record.at)}</TableCell>
              <TableCell>{words(record.action)}</TableCell>
              <TableCell>{record.username}</TableCell>
              <TableCell>
                <IdLink of="audit" id={record.audit_id} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {data.next_cursor && <Button onClick={() => setLimit(limit + STEP)}>Show more</Button>}
    </>
  );
}
