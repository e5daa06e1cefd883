import { Box, Button, Paper } from "@mui/material";
import { type ReactNode, useEffect, useRef } from "react";
import { Link } from "react-router-dom";
import { SHORTCUT_EVENT } from "../../../shell/shortcuts/shortcuts";
import { type StepPath, stepAddress } from "./steps";

/** Below every step: the way back on the left; on the right what the step offers, its primary action last. */
export function StepFooter({ back, children }: { back?: StepPath; children: ReactNode }) {
  const actions = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const proceed = () => {
      if (document.querySelector('[role="dialog"]')) return;
      const buttons = actions.current?.querySelectorAll<HTMLElement>("button, a") ?? [];
      buttons[buttons.length - 1]?.click();
    };
    window.addEventListener(SHORTCUT_EVENT.proceed, proceed);
    return () => window.removeEventListener(SHORTCUT_EVENT.proceed, proceed);
  }, []);
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
        columnGap: 1,
        rowGap: 0.5,
        alignItems: "center",
        justifyContent: "flex-end",
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
      <Box ref={actions} sx={{ display: "contents" }}>
        {children}
      </Box>
    </Paper>
  );
}
