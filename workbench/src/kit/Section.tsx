import { Box, Typography } from "@mui/material";
import { type ReactNode, useId } from "react";

/** A part of a page under its own small heading. */
export function Section({
  title,
  note,
  children,
}: {
  title: string;
  /** What is to be known of the whole part, beside its heading. */
  note?: ReactNode;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <Box component="section" aria-labelledby={id} sx={{ mt: 2.5, minWidth: 0 }}>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "baseline", columnGap: 2, mb: 0.75 }}>
        <Typography variant="h3" component="h2" id={id}>
          {title}
        </Typography>
        {note && (
          <Typography variant="caption" color="textSecondary" component="div">
            {note}
          </Typography>
        )}
      </Box>
      {children}
    </Box>
  );
}
