import {
  Box,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
  Typography,
} from "@mui/material";
import { useCallback } from "react";
import {
  type FairnessPolicy,
  useGetFairnessPolicyQuery,
  useLazyListFairnessPoliciesQuery,
} from "../../api/generated/api";
import { dateTime } from "../../kit/format";
import { MoreRows } from "../../kit/MoreRows";
import { ErrorNote, Loading } from "../../kit/states";
import { usePages } from "../../kit/usePages";
import { type PolicyTerms, policyChanges } from "./policyWords";

const PAGE_ROWS = 50;

/** The versions that the desk has stated, newest first, each with what it changed. */
export function PolicyVersions() {
  const [list] = useLazyListFairnessPoliciesQuery();
  const { data: inForce } = useGetFairnessPolicyQuery({});
  const { data: first } = useGetFairnessPolicyQuery({ version: 0 });
  const version = inForce?.version;
  const read = useCallback(
    async (cursor: string | undefined) => {
      const page = await list({ cursor, limit: PAGE_ROWS }).unwrap();
      // Names the version, so that a new one is read at once.
      return { rows: version === undefined ? [] : page.policies, next: page.next_cursor };
    },
    [list, version],
  );
  const { rows, next, error, busy, more, again } = usePages<FairnessPolicy>(read);
  return (
    <Box component="section" aria-label="Versions" sx={{ mt: 3 }}>
      <Typography variant="h3" component="h2" sx={{ mb: 0.5 }}>
        Versions
      </Typography>
      {error !== null && <ErrorNote error={error} onRetry={again} title="The versions could not be read" />}
      {!rows && error === null && <Loading label="Reading the versions" height={120} />}
      {rows?.length === 0 && (
        <Typography variant="body2" color="textSecondary">
          The desk has stated none yet; the built-in version 0 is in force.
        </Typography>
      )}
      {rows && rows.length > 0 && (
        <>
          <TableContainer>
            <Table>
              <TableHead>
                <TableRow>
                  {["Version", "Stated", "By", "Statement", "What it changed"].map((name) => (
                    <TableCell key={name}>{name}</TableCell>
                  ))}
                </TableRow>
              </TableHead>
              <TableBody sx={{ "& td, & th": { verticalAlign: "top" } }}>
                {rows.map((policy, place) => (
                  <TableRow key={policy.policy_id}>
                    <TableCell component="th" scope="row">
                      {policy.version}
                    </TableCell>
                    <TableCell sx={{ whiteSpace: "nowrap" }}>{dateTime(policy.created_at)}</TableCell>
                    <TableCell>{policy.created_by}</TableCell>
                    <TableCell sx={{ minWidth: 200, whiteSpace: "pre-wrap" }}>{policy.statement}</TableCell>
                    <TableCell sx={{ minWidth: 240 }}>
                      <Changes
                        policy={policy}
                        before={rows[place + 1] ?? (next === null ? first : undefined)}
                      />
                    </TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          </TableContainer>
          <MoreRows shown={rows.length} what="versions" next={next} busy={busy} onMore={more} />
        </>
      )}
    </Box>
  );
}

function Changes({ policy, before }: { policy: PolicyTerms; before: PolicyTerms | undefined }) {
  if (!before) return "The version before is not loaded.";
  const changes = policyChanges(before, policy);
  if (changes.length === 0) return "The statement alone.";
  return changes.map(({ name, after }) => (
    <div key={name}>
      {name}: {after}
    </div>
  ));
}
