import { Box, Button, Collapse } from "@mui/material";
import { type ReactNode, useId, useState } from "react";
import { useAppSelector } from "../../../store";
import { selectDraft } from "../draftSlice";

/** What few orders need, behind a button. */
export function Advanced({
  children,
  label = "Advanced",
  paths = [],
  open: initially = false,
}: {
  children: ReactNode;
  label?: string;
  /** Fields of the request that are in it: it opens where one was refused. */
  paths?: readonly string[];
  open?: boolean;
}) {
  const { refused } = useAppSelector(selectDraft);
  const [open, setOpen] = useState(initially || paths.some((path) => refused[path] !== undefined));
  const id = useId();
  return (
    <Box>
      <Button aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)} sx={{ px: 0.5 }}>
        <Box component="span" aria-hidden sx={{ mr: 0.75, transform: open ? "rotate(90deg)" : "none" }}>
          ▸
        </Box>
        {label}
      </Button>
      <Collapse id={id} in={open} unmountOnExit>
        <Box sx={{ pt: 1.5 }}>{children}</Box>
      </Collapse>
    </Box>
  );
}
