import { Box, Button, Collapse } from "@mui/material";
import { type ReactNode, useId, useState } from "react";

/** What few orders need, behind a button. */
export function Advanced({
  children,
  label = "Advanced",
  open: initially = false,
}: {
  children: ReactNode;
  label?: string;
  open?: boolean;
}) {
  const [open, setOpen] = useState(initially);
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
