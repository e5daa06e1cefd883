import {
  Box,
  Link,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
  Typography,
} from "@mui/material";
import { useEffect, useState } from "react";
import { Link as RouterLink, useParams } from "react-router-dom";
import { type AuditRecord, useGetAuditRecordQuery } from "../../api/generated/api";
import { CopyButton } from "../../kit/CopyButton";
import { FactStrip } from "../../kit/FactStrip";
import { dateTime, shortId, UNKNOWN, words } from "../../kit/format";
import { Guarded } from "../../kit/Guarded";
import { IdLink } from "../../kit/links";
import { NotRead } from "../../kit/NotRead";
import { Page } from "../../kit/Page";
import { Loading } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { EntityLink } from "./EntityLink";
import { Differences, Evidence } from "./StateTables";

export default function AuditRecordPage() {
  const { auditId = "" } = useParams();
  return (
    <Page title="Audit record" subtitle={auditId}>
      <Guarded needs="audit:read">
        <Loaded auditId={auditId} />
      </Guarded>
    </Page>
  );
}

function Loaded({ auditId }: { auditId: string }) {
  const { data, error, refetch } = useGetAuditRecordQuery({ auditId });
  if (error)
    return (
      <NotRead
        what="audit record"
        error={error}
        onRetry={refetch}
        all={{ to: "/audit", label: "All records" }}
      />
    );
  if (!data) return <Loading label="Reading the record" height="60vh" />;
  return <Shown record={data} />;
}

function Shown({ record }: { record: AuditRecord }) {
  const mayOpenUsers = usePermission("users:manage");
  const who =
    mayOpenUsers && record.user_id ? (
      <IdLink of="user" id={record.user_id} label={record.username} />
    ) : (
      record.username
    );
  const ofEntity = new URLSearchParams({ entity_type: record.entity_type, entity_id: record.entity_id });
  return (
    <>
      <Typography variant="h2" sx={{ mb: 1 }}>
        {words(record.action)}
      </Typography>
      <FactStrip
        facts={[
          ["Who", who],
          ["When", dateTime(record.at)],
          ["In UTC", record.at],
          ["From", record.address ?? "Inside the service"],
          ["About", `${words(record.entity_type)}`],
          ["Id", <EntityLink key="id" type={record.entity_type} id={record.entity_id} />],
          [
            "Request",
            record.request_id ? (
              <Link
                key="request"
                component={RouterLink}
                to={`/audit?request_id=${record.request_id}`}
                title={record.request_id}
              >
                {shortId(record.request_id)}
              </Link>
            ) : (
              UNKNOWN
            ),
          ],
          [
            "More",
            <Link key="more" component={RouterLink} to={`/audit?${ofEntity}`}>
              All records about it
            </Link>,
          ],
        ]}
      />
      <Typography variant="h3" component="h2" sx={{ mt: 2.5, mb: 0.5 }}>
        Before and after
      </Typography>
      <Differences before={record.before} after={record.after} />
      <Evidence after={record.after} />
      <Chain record={record} />
    </>
  );
}

/** SHA-256 of a text as hexadecimal digits; null until it is known, or where the browser may not (no HTTPS). */
function useSha256(text: string): string | null {
  const [hash, setHash] = useState<string | null>(null);
  useEffect(() => {
    let shown = true;
    void crypto.subtle?.digest("SHA-256", new TextEncoder().encode(text)).then((digest) => {
      const bytes = Array.from(new Uint8Array(digest));
      if (shown) setHash(bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(""));
    });
    return () => {
      shown = false;
    };
  }, [text]);
  return hash;
}

function Chain({ record }: { record: AuditRecord }) {
  const computed = useSha256(record.hashed_text);
  const rows: [string, string, string][] = [
    ["Hash", record.hash, "the hash"],
    ["Hash of the record before", record.previous_hash, "the hash of the record before"],
    ["Text that was hashed", record.hashed_text, "the text that was hashed"],
  ];
  return (
    <>
      <Typography variant="h3" component="h2" sx={{ mt: 2.5, mb: 0.5 }}>
        Place in the chain: {record.day}, number {record.sequence}
      </Typography>
      <Typography
        variant="body2"
        role="status"
        color={computed && computed !== record.hash ? "error" : undefined}
      >
        {computed === null
          ? "The hash was not computed in this browser."
          : computed === record.hash
            ? "Computed again in this browser, the hash is the same."
            : "Computed again in this browser, the hash is another: the record was changed."}
      </Typography>
      <TableContainer>
        <Table aria-label="Hashes">
          <TableHead>
            <TableRow>
              <TableCell>What</TableCell>
              <TableCell>Value</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {rows.map(([name, value, label]) => (
              <TableRow key={name}>
                <TableCell component="th" scope="row" sx={{ whiteSpace: "nowrap", verticalAlign: "top" }}>
                  {name}
                </TableCell>
                <TableCell>
                  <Box sx={{ display: "flex", alignItems: "flex-start", gap: 1 }}>
                    <Box
                      component="code"
                      tabIndex={0}
                      role="region"
                      aria-label={name}
                      sx={{ overflowWrap: "anywhere", fontSize: "0.75rem", maxHeight: 120, overflow: "auto" }}
                    >
                      {value}
                    </Box>
                    <CopyButton text={value} label={label} />
                  </Box>
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
    </>
  );
}
