import { Box, Button } from "@mui/material";
import { count } from "./format";

/** Below a list that is read page by page: how much of it is shown, and the next page. */
export function MoreRows({
  shown,
  what,
  next,
  busy,
  onMore,
}: {
  shown: number;
  /** What the rows are, such as records. */
  what: string;
  next: string | null;
  busy: boolean;
  onMore: () => void;
}) {
  return (
    <Box sx={{ display: "flex", alignItems: "center", gap: 2, mt: 1 }}>
      <Box role="status" sx={{ color: "text.secondary" }}>
        {next === null ? `All ${count(shown)} ${what}` : `The newest ${count(shown)} ${what}`}
      </Box>
      {next !== null && (
        <Button variant="outlined" loading={busy} onClick={onMore}>
          Load more
        </Button>
      )}
    </Box>
  );
}
