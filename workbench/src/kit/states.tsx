import { Alert, AlertTitle, Box, Button, List, ListItem, Skeleton, Typography } from "@mui/material";
import type { ReactNode } from "react";
import type { PlainProblem } from "../api/generated/api";
import { messageOf, problemOf } from "../api/problems";

/** Nothing is here yet: what would be, and what to do for it. */
export function Empty({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <Box sx={{ py: 6, px: 2, textAlign: "center", color: "text.secondary" }}>
      <Typography variant="h2" component="p" color="textPrimary">
        {title}
      </Typography>
      {children && <Typography sx={{ mt: 1, maxWidth: "60ch", mx: "auto" }}>{children}</Typography>}
      {action && <Box sx={{ mt: 2 }}>{action}</Box>}
    </Box>
  );
}

/** Faint lines, one for each row to come: a slab of this height would be the loudest thing on the page. */
const LINES =
  "repeating-linear-gradient(to bottom, color-mix(in srgb, var(--mui-palette-text-primary) 9%, transparent) 0 12px, transparent 12px 28px)";

/** A place held for what is being read, of its height, so that nothing jumps. */
export function Loading({ label, height = 240 }: { label: string; height?: number | string }) {
  return (
    <Box role="status" aria-label={label}>
      <Skeleton
        variant="rectangular"
        height={height}
        animation="pulse"
        sx={{ bgcolor: "transparent", backgroundImage: LINES }}
      />
    </Box>
  );
}

/** What went wrong: the service's words, every field at fault, its request id, and another try where that may help. */
export function ErrorNote({
  error,
  onRetry,
  title,
}: {
  error: unknown;
  onRetry?: () => void;
  title?: string;
}) {
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
