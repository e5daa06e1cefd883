import { Box } from "@mui/material";
import { createSvgIcon } from "@mui/material/utils";
import type { Severity } from "../../api/generated/api";
import { SEVERITIES } from "./alertWords";

const line = { fill: "none", stroke: "currentColor", strokeWidth: 2, strokeLinejoin: "round" } as const;

/** Each severity has a shape of its own, so that colour is not the only sign. */
const ICONS = {
  INFO: createSvgIcon(
    <g {...line}>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 11v5M12 7.500v.5" />
    </g>,
    "Info",
  ),
  WARNING: createSvgIcon(
    <g {...line}>
      <path d="M12 3.500 21 19.500H3z" />
      <path d="M12 9.500v5M12 16.500v.5" />
    </g>,
    "Warning",
  ),
  CRITICAL: createSvgIcon(
    <g {...line}>
      <path d="M8.5 3.500h7l5 5v7l-5 5h-7l-5-5v-7z" />
      <path d="m9 9 6 6M15 9l-6 6" />
    </g>,
    "Critical",
  ),
  EMERGENCY: createSvgIcon(
    <g {...line}>
      <path d="M5 20h14M7 20v-7a5 5 0 0 1 10 0v7M12 4V2M4.500 7 3 5.500M19.500 7 21 5.500" />
    </g>,
    "Emergency",
  ),
};
const COLOURS: Record<Severity, string> = {
  INFO: "info.main",
  WARNING: "warning.main",
  CRITICAL: "error.main",
  EMERGENCY: "error.main",
};

/** How bad it is: icon and word; an emergency is framed besides. */
export function SeverityMark({ severity }: { severity: Severity }) {
  const Icon = ICONS[severity];
  return (
    <Box
      component="span"
      sx={{
        display: "inline-flex",
        alignItems: "center",
        gap: 0.5,
        lineHeight: 1.4,
        verticalAlign: "middle",
        whiteSpace: "nowrap",
        color: COLOURS[severity],
        fontWeight: severity === "INFO" ? 500 : 650,
        ...(severity === "EMERGENCY" && { border: "2px solid currentColor", borderRadius: 1, px: 0.5 }),
      }}
    >
      <Icon sx={{ fontSize: 16 }} aria-hidden />
      {SEVERITIES[severity]}
    </Box>
  );
}
