import { IconButton, Tooltip } from "@mui/material";
import { type HelpKey, helpTexts } from "../api/generated/help";
import { HelpIcon } from "./icons";

/** Explains a field with the words of the API's documentation. */
export function Help({ of, label }: { of: HelpKey; label: string }) {
  return (
    <Tooltip title={helpTexts[of]}>
      <IconButton aria-label={`About ${label}`} sx={{ p: 0.5, color: "text.secondary" }}>
        <HelpIcon sx={{ fontSize: 16 }} />
      </IconButton>
    </Tooltip>
  );
}
