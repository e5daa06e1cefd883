import { Box, Button } from "@mui/material";
import { StepFooter } from "../allocations/wizard/StepFooter";

/** What is known of the lines, and what can be done with them. */
export function RunBar({
  words,
  busy,
  onCheck,
  onRun,
}: {
  words: string;
  busy: "CHECK" | "RUN" | null;
  onCheck: () => void;
  onRun: () => void;
}) {
  return (
    <StepFooter>
      <Box role="status" sx={{ color: "text.secondary", mr: "auto" }}>
        {words}
      </Box>
      <Button variant="outlined" loading={busy === "CHECK"} disabled={busy === "RUN"} onClick={onCheck}>
        Check
      </Button>
      <Button variant="contained" loading={busy === "RUN"} disabled={busy === "CHECK"} onClick={onRun}>
        Run
      </Button>
    </StepFooter>
  );
}
