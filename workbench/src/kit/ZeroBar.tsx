import { Box } from "@mui/material";

/**
 * A value as a bar to the left or the right of zero, and where there is one, the bound on both sides as marks. It only
 * supports the number that stands beside it.
 */
export function ZeroBar({
  value,
  scale,
  bound,
}: {
  value: number;
  /** Value at which the bar is full. */
  scale: number;
  bound?: number;
}) {
  const part = (size: number) => (scale > 0 ? Math.min(Math.abs(size) / scale, 1) * 50 : 0);
  const beyond = bound !== undefined && Math.abs(value) > bound;
  return (
    <Box
      aria-hidden
      sx={{ position: "relative", width: 72, height: 14, flexShrink: 0, display: "inline-block" }}
    >
      <Box
        sx={{
          position: "absolute",
          top: 3,
          height: 8,
          left: value < 0 ? `${50 - part(value)}%` : "50%",
          width: `${part(value)}%`,
          bgcolor: beyond ? "warning.main" : "primary.main",
          opacity: 0.75,
        }}
      />
      <Mark at={50} />
      {bound !== undefined && bound <= scale && (
        <>
          <Mark at={50 - part(bound)} dashed />
          <Mark at={50 + part(bound)} dashed />
        </>
      )}
    </Box>
  );
}

function Mark({ at, dashed }: { at: number; dashed?: boolean }) {
  return (
    <Box
      sx={{
        position: "absolute",
        top: 0,
        bottom: 0,
        left: `${at}%`,
        borderLeft: dashed ? "1px dashed" : "1px solid",
        borderColor: "text.secondary",
      }}
    />
  );
}
