import { Box, Typography } from "@mui/material";
import { timeOfDay } from "../../kit/format";
import { IdLink } from "../../kit/links";
import { ErrorNote } from "../../kit/states";
import type { Change } from "./changes";
import { CHANGES } from "./monitorWords";

/** Changes as they come, the newest first. */
export function ChangeList({
  changes,
  isFollowed,
  error,
}: {
  changes: readonly Change[];
  isFollowed: boolean | null;
  error: unknown;
}) {
  if (error !== null) return <ErrorNote error={error} title="The changes cannot be followed" />;
  return (
    <>
      <Typography role="status" variant="body2" color="textSecondary">
        {isFollowed === null
          ? "Asking for changes."
          : isFollowed
            ? changes.length === 0
              ? "Nothing has changed yet."
              : "They come as they happen."
            : "The service cannot be followed now; it is tried again."}
      </Typography>
      {changes.length > 0 && (
        <Box
          component="ol"
          aria-label="Changes"
          tabIndex={0}
          sx={{ listStyle: "none", m: 0, mt: 0.5, p: 0, maxHeight: 420, overflow: "auto" }}
        >
          {changes.map((change) => (
            <Box
              component="li"
              key={change.sequence}
              sx={{ py: 0.5, borderBottom: 1, borderColor: "divider", display: "flex", gap: 1 }}
            >
              <Typography variant="body2" color="textSecondary" component="span">
                {timeOfDay(change.at)}
              </Typography>
              <Typography variant="body2" component="span">
                {CHANGES[change.kind] ?? change.kind}{" "}
                {change.portfolio_id && <IdLink of="monitored" id={change.portfolio_id} inText />}
              </Typography>
            </Box>
          ))}
        </Box>
      )}
    </>
  );
}
