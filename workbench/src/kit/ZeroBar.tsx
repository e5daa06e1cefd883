import { Box } from "@mui/material";

/**
 * A value, or a range of values, as a bar around zero, and where there is one, the bound on both sides as marks. It
 * only supports the numbers that stand beside it.
 */
export function ZeroBar({
  low,
  high,
  scale,
  bound,
  width = 72,
}: {
  /** At most zero. */
  low: number;
  /** At least zero. */
  high: number;
  /** Value at which the bar is full on its side. */
  scale: number;
  bound?: number;
  width?: number;
}) {
  const at = (value: number) => (scale > 0 ? 50 + Math.max(-1, Math.min(1, value / scale)) * 50 : 50);
  const beyond = bound !== undefined && (high > bound || low < -bound);
  return (
    <Box aria-hidden sx={{ position: "relative", width, height: 14, flexShrink: 0, display: "inline-block" }}>
      <Box
        sx={{
          position: "absolute",
          top: 3,
          height: 8,
          left: `${at(low)}%`,
          width: `${at(high) - at(low)}%`,
          bgcolor: beyond ? "warning.main" : "primary.main",
          opacity: 0.75,
        }}
      />
      <Mark at={50} />
      {bound !== undefined && bound <= scale && (
        <>
          <Mark at={at(-bound)} dashed />
          <Mark at={at(bound)} dashed />
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
