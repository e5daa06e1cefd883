import { Box, Button, Tooltip, Typography } from "@mui/material";
import { visuallyHidden } from "@mui/utils";
import { timeInWords } from "../preview/expiry";
import { useSecondsLeft } from "../preview/useSecondsLeft";

/** The primary action, with the reason where it cannot be taken. */
export function CommitButton({ reason, onClick }: { reason: string | null; onClick: () => void }) {
  return (
    <>
      {reason && (
        <Typography id="commit-reason" color="textSecondary">
          {reason}
        </Typography>
      )}
      <Tooltip title={reason ?? ""}>
        <span>
          <Button
            variant="contained"
            onClick={onClick}
            disabled={reason !== null}
            aria-describedby={reason ? "commit-reason" : undefined}
          >
            Commit
          </Button>
        </span>
      </Tooltip>
    </>
  );
}

/** Seconds before the end at which screen readers hear of it. */
const LAST_MINUTE = 60;

/** For how long a preview can be committed, counted down; screen readers hear of the last minute and the end alone. */
export function Expiry({ until }: { until: string }) {
  const seconds = useSecondsLeft(until);
  const soon = seconds <= LAST_MINUTE;
  const over = "The preview has expired.";
  return (
    <>
      <Typography color={soon ? "warning" : "textSecondary"}>
        {seconds === 0 ? over : `Can be committed for ${timeInWords(seconds)}.`}
      </Typography>
      <Box role="status" sx={visuallyHidden}>
        {seconds === 0 ? over : soon ? "The preview can be committed for less than a minute." : ""}
      </Box>
    </>
  );
}
