import { Alert, AlertTitle, Button, List, ListItem, Typography } from "@mui/material";
import type { PlainProblem } from "../api/generated/api";
import { messageOf, problemOf } from "../api/problems";

export interface ErrorNoteProps {
  error: unknown;
  onRetry?: () => void;
  title?: string;
}

/** What went wrong: the service's words, every field at fault, its request id, and another try where that may help. */
export default function ErrorNote({ error, onRetry, title }: ErrorNoteProps) {
  const problem = problemOf(error);
  // What is not there, or not allowed, is the same at the next try.
  const retry = problem && [403, 404].includes(problem.status) ? undefined : onRetry;
  const errors = problem && "errors" in problem ? (problem as PlainProblem).errors : [];
  return (
    <Alert
      severity="error"
      variant="outlined"
      action={
        retry && (
          <Button color="inherit" onClick={retry} sx={{ whiteSpace: "nowrap" }}>
            Try again
          </Button>
        )
      }
    >
      <AlertTitle sx={{ fontSize: "0.875rem" }}>{title ?? problem?.title ?? "This did not work"}</AlertTitle>
      {errors.length > 0 ? (
        <List dense disablePadding>
          {errors.map(({ field, message }) => (
            <ListItem key={`${field} ${message}`} disableGutters sx={{ display: "list-item", py: 0 }}>
              <code>{field}</code>: {message}
            </ListItem>
          ))}
        </List>
      ) : (
        messageOf(error)
      )}
      {problem && (
        <Typography variant="caption" component="p" color="textSecondary" sx={{ mt: 0.5 }}>
          {problem.code} · request {problem.request_id}
        </Typography>
      )}
    </Alert>
  );
}
