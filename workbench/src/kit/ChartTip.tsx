import { Box } from "@mui/material";
import type { ReactNode } from "react";

/** The frame of what a chart says of the place that is pointed at. */
export function ChartTip({ children }: { children: ReactNode }) {
  return (
    <Box
      sx={{
        bgcolor: "background.paper",
        border: 1,
        borderColor: "divider",
        borderRadius: 1,
        p: 1,
        fontSize: 12,
      }}
    >
      {children}
    </Box>
  );
}
