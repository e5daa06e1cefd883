import { Box, Button, GlobalStyles, Paper, Typography } from "@mui/material";
import { useState } from "react";
import { useListPortfolioGroupsQuery } from "../../../api/generated/api";
import { usePreference } from "../../preferences/usePreference";
import { HINTS } from "./hints";

const OPEN = { closed: false };

/** Four hints for a first order, one after the other; closed for good by a button, for this user on every machine. */
export function Tour() {
  const { value, change, ready } = usePreference("workbench.tour", OPEN);
  // It stands below the list of groups, whose height is known once that is read.
  const { isLoading } = useListPortfolioGroupsQuery();
  const [at, setAt] = useState(0);
  const hint = HINTS[at];
  if (!ready || isLoading || value.closed || !hint) return null;
  const last = at === HINTS.length - 1;
  return (
    <Paper component="section" aria-label="Hints" sx={{ px: 1.5, py: 1 }}>
      <GlobalStyles
        styles={{
          // A bar on the left, which moves nothing.
          [`[data-hint="${hint.of}"]`]: { boxShadow: "-9px 0 0 -6px var(--mui-palette-primary-main)" },
        }}
      />
      <Box role="status">
        <Typography variant="overline" component="p" color="textSecondary">
          Hint {at + 1} of {HINTS.length}
        </Typography>
        <Typography variant="h3" component="p">
          {hint.title}
        </Typography>
        <Typography sx={{ minHeight: 40 }}>{hint.text}</Typography>
      </Box>
      <Box sx={{ display: "flex", gap: 1, mt: 0.5 }}>
        <Button onClick={() => change({ closed: true })}>Close for good</Button>
        <Box sx={{ flexGrow: 1 }} />
        {at > 0 && <Button onClick={() => setAt(at - 1)}>Hint {at}</Button>}
        {last ? (
          <Button variant="outlined" onClick={() => change({ closed: true })}>
            Done
          </Button>
        ) : (
          <Button variant="outlined" onClick={() => setAt(at + 1)}>
            Hint {at + 2}
          </Button>
        )}
      </Box>
    </Paper>
  );
}
