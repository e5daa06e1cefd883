import { Box, Button, Paper } from "@mui/material";
import type { ReactNode } from "react";
import { Link } from "react-router-dom";
import { type StepPath, stepAddress } from "./steps";

/** Below every step: the way back on the left; on the right what the step offers, its primary action last. */
export function StepFooter({ back, children }: { back?: StepPath; children: ReactNode }) {
  return (
    <Paper
      square
      sx={{
        position: "sticky",
        bottom: 0,
        zIndex: 2,
        mt: 2,
        py: 1,
        display: "flex",
        flexWrap: "wrap",
        gap: 1,
        alignItems: "center",
        border: 0,
        borderTop: 1,
        borderColor: "divider",
        bgcolor: "background.default",
      }}
    >
      {back && (
        <Button component={Link} to={stepAddress(back)} variant="outlined">
          Back
        </Button>
      )}
      <Box sx={{ flexGrow: 1 }} />
      {children}
    </Paper>
  );
}
