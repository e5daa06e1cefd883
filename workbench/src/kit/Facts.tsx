import { Box, Typography } from "@mui/material";
import type { ReactNode } from "react";

/** Terms with their values, in as many columns as fit. */
export function Facts({
  facts,
  label,
}: {
  facts: readonly (readonly [ReactNode, ReactNode])[];
  label: string;
}) {
  return (
    <Box
      component="dl"
      aria-label={label}
      sx={{
        m: 0,
        display: "grid",
        gridTemplateColumns: "repeat(auto-fill, minmax(190px, 1fr))",
        columnGap: 3,
      }}
    >
      {facts.map(([term, value], index) => (
        <Box
          // biome-ignore lint/suspicious/noArrayIndexKey: the list is fixed, and its terms may be nodes.
          key={index}
          sx={{
            display: "flex",
            alignItems: "baseline",
            justifyContent: "space-between",
            gap: 1,
            py: 0.25,
            borderBottom: 1,
            borderColor: "divider",
          }}
        >
          <Typography component="dt" variant="body2" color="textSecondary" noWrap>
            {term}
          </Typography>
          <Typography
            // Another text is another element: what is aligned to the right would seem to move.
            key={typeof value === "string" ? value : "node"}
            component="dd"
            variant="body2"
            sx={{ m: 0, textAlign: "right", fontWeight: 550 }}
          >
            {value}
          </Typography>
        </Box>
      ))}
    </Box>
  );
}
