import { Alert } from "@mui/material";
import type { DriftWarning } from "../../api/generated/api";

/** What to know about the numbers, in the words of the service. */
export function WarningList({ warnings }: { warnings: readonly DriftWarning[] }) {
  if (warnings.length === 0) return null;
  return (
    <Alert severity="warning" variant="outlined" sx={{ my: 1, maxWidth: 1100 }}>
      {warnings.map(({ type, message }) => (
        <div key={`${type} ${message}`}>{message}</div>
      ))}
    </Alert>
  );
}
