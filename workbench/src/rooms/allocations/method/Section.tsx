import { Box, Button, Collapse, Typography } from "@mui/material";
import { type ReactNode, useId } from "react";

/** A part of the step; one that can be closed says in a line what is in it. */
export function Section({
  title,
  summary,
  open = true,
  onToggle,
  children,
}: {
  title: string;
  summary?: ReactNode;
  open?: boolean;
  onToggle?: () => void;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <Box
      component="section"
      aria-labelledby={`${id}-title`}
      sx={{ mt: 2, pt: 1.5, borderTop: 1, borderColor: "divider" }}
    >
      <Box
        sx={{
          display: "flex",
          flexWrap: "wrap",
          alignItems: "baseline",
          columnGap: 1.5,
          mb: open ? 1.25 : 0,
        }}
      >
        <Typography variant="h2" id={`${id}-title`}>
          {onToggle ? <Opener title={title} open={open} of={`${id}-content`} onToggle={onToggle} /> : title}
        </Typography>
        {summary && <Typography color="textSecondary">{summary}</Typography>}
      </Box>
      <Collapse id={`${id}-content`} in={open} unmountOnExit>
        {children}
      </Collapse>
    </Box>
  );
}

function Opener(props: { title: string; open: boolean; of: string; onToggle: () => void }) {
  const { title, open, of, onToggle } = props;
  return (
    <Button
      color="inherit"
      aria-expanded={open}
      aria-controls={of}
      onClick={onToggle}
      sx={{ font: "inherit", fontSize: "inherit", p: 0, minWidth: 0 }}
    >
      <Box component="span" aria-hidden sx={{ mr: 0.75, transform: open ? "rotate(90deg)" : "none" }}>
        ▸
      </Box>
      {title}
    </Button>
  );
}
