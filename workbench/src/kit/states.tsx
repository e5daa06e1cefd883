import { Box, Skeleton, Typography } from "@mui/material";
import { type ReactNode, Suspense } from "react";
import type { ErrorNoteProps } from "./ErrorNote";
import { lateComponent } from "./late";

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

const LateErrorNote = lateComponent(() => import("./ErrorNote"));

export function ErrorNote(props: ErrorNoteProps) {
  return (
    <Suspense>
      <LateErrorNote {...props} />
    </Suspense>
  );
}
