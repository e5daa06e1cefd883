import { Alert, AlertTitle, Box, Link, Typography } from "@mui/material";
import { Link as RouterLink } from "react-router-dom";
import { fieldErrors, problemOf } from "../../../api/problems";
import { ErrorNote } from "../../../kit/states";
import { stepAddress } from "../wizard/steps";
import { STEP_TITLE, stepOf } from "./fields";

/** Why no preview was made: each field at fault with a way to the step where it is typed. */
export function Refused({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const fields = Object.entries(fieldErrors(error));
  const problem = problemOf(error);
  if (!problem || fields.length === 0) return <ErrorNote error={error} onRetry={onRetry} />;
  return (
    <Alert severity="error" variant="outlined" role="alert" sx={{ mb: 1.5 }}>
      <AlertTitle sx={{ fontSize: "0.875rem" }}>{problem.title}</AlertTitle>
      <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
        {fields.map(([field, message]) => {
          const step = stepOf(field);
          return (
            <li key={field}>
              <code>{field}</code>: {message}{" "}
              {step && (
                <Link component={RouterLink} to={stepAddress(step)} underline="always">
                  Change in {STEP_TITLE[step]}
                </Link>
              )}
            </li>
          );
        })}
      </Box>
      <Typography variant="caption" color="textSecondary">
        {problem.code} · request {problem.request_id}
      </Typography>
    </Alert>
  );
}
