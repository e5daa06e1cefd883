import { IconButton, Tooltip } from "@mui/material";
import { useState } from "react";
import { CheckIcon, CopyIcon } from "./icons";

const SAID_MILLISECONDS = 2_000;

/** Copies a text, such as a hash, and says so in its place. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), SAID_MILLISECONDS);
  };
  return (
    <Tooltip title={copied ? "Copied" : `Copy ${label}`}>
      <IconButton aria-label={copied ? `${label} copied` : `Copy ${label}`} onClick={() => void copy()}>
        {copied ? <CheckIcon fontSize="small" color="success" /> : <CopyIcon fontSize="small" />}
      </IconButton>
    </Tooltip>
  );
}
