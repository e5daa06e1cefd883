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
  const errors = problem && "errors" in problem ? (problem as PlainProblem).errors : [];
  return (
    <Alert
      severity="error"
      variant="outlined"
      action={
        onRetry && (
          <Button color="inherit" onClick={onRetry}>
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
