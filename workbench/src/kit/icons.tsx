import { createSvgIcon } from "@mui/material/utils";

// Shapes on a 24 x 24 grid, drawn for this product: a library of thousands is not needed for these.
const line = {
  fill: "none",
  stroke: "currentColor",
  strokeWidth: 1.8,
  strokeLinecap: "round",
  strokeLinejoin: "round",
} as const;

export const HelpIcon = createSvgIcon(
  <g {...line}>
    <circle cx="12" cy="12" r="9" />
    <path d="M9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M12 17h.01" />
  </g>,
  "Help",
);
export const SearchIcon = createSvgIcon(
  <g {...line}>
    <circle cx="11" cy="11" r="6.5" />
    <path d="m16 16 4.5 4.5" />
  </g>,
  "Search",
);
export const BellIcon = createSvgIcon(
  <path {...line} d="M6 16.5V11a6 6 0 1 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4" />,
  "Bell",
);
export const MenuIcon = createSvgIcon(<path {...line} d="M4 7h16M4 12h16M4 17h16" />, "Menu");
export const UserIcon = createSvgIcon(
  <g {...line}>
    <circle cx="12" cy="8.5" r="3.5" />
    <path d="M5 20c.6-4 3.4-6 7-6s6.4 2 7 6" />
  </g>,
  "User",
);
export const CloseIcon = createSvgIcon(<path {...line} d="m6 6 12 12M18 6 6 18" />, "Close");
export const CopyIcon = createSvgIcon(
  <g {...line}>
    <rect x="8.5" y="8.5" width="11" height="11" rx="2" />
    <path d="M15.5 5.500V5a1.5 1.5 0 0 0-1.5-1.500H5A1.5 1.5 0 0 0 3.5 5v9A1.5 1.5 0 0 0 5 15.500h.5" />
  </g>,
  "Copy",
);
export const DownloadIcon = createSvgIcon(
  <path {...line} d="M12 4v11m0 0-4.5-4.500M12 15l4.5-4.500M5 20h14" />,
  "Download",
);
export const CheckIcon = createSvgIcon(<path {...line} d="m5 12.5 4.5 4.500L19 7.5" />, "Check");
export const UndoIcon = createSvgIcon(
  <path {...line} d="M8 5 4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-3" />,
  "Undo",
);
export const StopIcon = createSvgIcon(
  <path {...line} d="M8.5 3.500h7l5 5v7l-5 5h-7l-5-5v-7zM8.5 12h7" />,
  "Stop",
);
export const MoreIcon = createSvgIcon(
  <g fill="currentColor">
    <circle cx="12" cy="5.5" r="1.7" />
    <circle cx="12" cy="12" r="1.7" />
    <circle cx="12" cy="18.5" r="1.7" />
  </g>,
  "More",
);
