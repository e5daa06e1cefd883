import { Box, Link, Typography } from "@mui/material";
import type { Ref } from "react";
import { count } from "../../kit/format";

const MOST_SHOWN = 100;

const BESIDE_A_LINE = {
  mt: 1,
  maxHeight: 220,
  overflow: "auto",
  borderLeft: 3,
  borderColor: "error.main",
  pl: 1.5,
  py: 0.5,
} as const;

export interface ListedFault {
  words: string;
  /** Leads to what is wrong. */
  onOpen?: () => void;
}

/** Every error at once; each leads to its cell. */
export function FaultList({
  faults,
  title,
  ref,
}: {
  faults: readonly ListedFault[];
  title: string;
  ref?: Ref<HTMLDivElement>;
}) {
  return (
    <Box ref={ref} tabIndex={-1} component="section" aria-label="Errors" sx={BESIDE_A_LINE}>
      <Typography role="status" sx={{ fontWeight: 650, color: "error.main" }}>
        {title}
      </Typography>
      <Box component="ul" sx={{ m: 0, p: 0, listStyle: "none" }}>
        {faults.slice(0, MOST_SHOWN).map(({ words, onOpen }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two errors may have the same words.
          <Box component="li" key={place} sx={{ minHeight: 24, lineHeight: "24px" }}>
            {onOpen ? (
              <Link
                component="button"
                type="button"
                onClick={onOpen}
                sx={{ textAlign: "left", font: "inherit" }}
              >
                {words}
              </Link>
            ) : (
              words
            )}
          </Box>
        ))}
      </Box>
      {faults.length > MOST_SHOWN && (
        <Typography color="textSecondary">and {count(faults.length - MOST_SHOWN)} more</Typography>
      )}
    </Box>
  );
}
