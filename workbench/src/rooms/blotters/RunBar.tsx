import { Box, Button, Stack } from "@mui/material";

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
    <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", gap: 1, mt: 1.5, alignItems: "center" }}>
      <Box role="status" sx={{ flexGrow: 1, color: "text.secondary" }}>
        {words}
      </Box>
      <Button variant="outlined" loading={busy === "CHECK"} disabled={busy === "RUN"} onClick={onCheck}>
        Check
      </Button>
      <Button variant="contained" loading={busy === "RUN"} disabled={busy === "CHECK"} onClick={onRun}>
        Run
      </Button>
    </Stack>
  );
}
