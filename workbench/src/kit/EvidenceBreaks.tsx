import { Alert, AlertTitle, Box, Link } from "@mui/material";
import { Link as RouterLink } from "react-router-dom";
import type { Break } from "../api/generated/api";
import { IdLink } from "./links";

/** Where something is not stored as the audit trail has it; nothing where all is. */
export function EvidenceBreaks({ breaks, children }: { breaks: readonly Break[]; children: string }) {
  if (breaks.length === 0) return null;
  return (
    <Alert severity="error" variant="outlined" role="alert" sx={{ mb: 1.5 }}>
      <AlertTitle sx={{ fontSize: "0.875rem" }}>The evidence is broken</AlertTitle>
      {children}{" "}
      <Link component={RouterLink} to="/audit">
        Verify the audit trail
      </Link>
      <Box component="ul" sx={{ m: 0, mt: 0.5, pl: 2.5 }}>
        {breaks.map((found) => (
          <li key={`${found.table} ${found.column} ${found.message}`}>
            {found.message} {found.audit_id && <IdLink of="audit" id={found.audit_id} />}
          </li>
        ))}
      </Box>
    </Alert>
  );
}
