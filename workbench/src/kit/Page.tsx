import { Box, Stack, Typography } from "@mui/material";
import { type ReactNode, useEffect } from "react";
import { pageShown } from "./late";

/** A page: its title (in the browser's tab, too), what can be done on it, and its content. */
export function Page({
  title,
  subtitle,
  actions,
  children,
}: {
  title: string;
  subtitle?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Allocator`;
  }, [title]);
  useEffect(pageShown, []);
  return (
    <Box sx={{ p: { xs: 1.5, md: 2 }, maxWidth: 2200, mx: "auto" }}>
      <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", alignItems: "center", gap: 1.5, mb: 1.5 }}>
        <Box sx={{ flex: "1 1 220px", minWidth: 0 }}>
          <Typography variant="h1">{title}</Typography>
          {subtitle && (
            <Typography color="textSecondary" component="div">
              {subtitle}
            </Typography>
          )}
        </Box>
        {actions}
      </Stack>
      {children}
    </Box>
  );
}
