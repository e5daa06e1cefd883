import { themeQuartz } from "ag-grid-community";
import type { Density } from "../../rooms/preferences/useAppearance";

/** The grid in the colours of the page, by the same CSS variables, and compact. */
const compact = themeQuartz.withParams({
  fontFamily: "inherit",
  fontSize: 12.5,
  headerFontSize: 12,
  headerFontWeight: 600,
  spacing: 4,
  rowHeight: 28,
  headerHeight: 32,
  autoHeightMinBodyHeight: 56,
  cellHorizontalPadding: 8,
  wrapperBorderRadius: 6,
  backgroundColor: "var(--mui-palette-background-paper)",
  foregroundColor: "var(--mui-palette-text-primary)",
  headerTextColor: "var(--mui-palette-text-secondary)",
  headerBackgroundColor: "var(--mui-palette-background-default)",
  chromeBackgroundColor: "var(--mui-palette-background-default)",
  borderColor: "var(--mui-palette-divider)",
  accentColor: "var(--mui-palette-primary-main)",
  valueChangeValueHighlightBackgroundColor:
    "color-mix(in srgb, var(--mui-palette-warning-main) 28%, transparent)",
  browserColorScheme: "inherit",
});

/** Rows by the density that the user has chosen. */
export const GRID_THEMES: Record<Density, typeof compact> = {
  compact,
  comfortable: compact.withParams({ rowHeight: 38, headerHeight: 40 }),
};

const SCROLLS_OVER = ".ag-root:has(> .ag-body-horizontal-scroll.ag-scrollbar-invisible:not(.ag-hidden))";

/** Of every grid: calm headers, figures of pinned rows in line, links, the button of a row's menu. */
export const GRID_STYLE = {
  // The button of a column's filter appears with the pointer or the focus, and stays while the filter is set.
  "& .ag-header-cell:not(:hover, :focus, :focus-within) .ag-header-cell-filter-button:not(.ag-filter-active)":
    { display: "none" },
  // A scrollbar that lies over the rows must not cover the last one, nor the totals.
  [`& ${SCROLLS_OVER} > .ag-grid-viewport`]: { paddingBottom: "16px" },
  [`& ${SCROLLS_OVER} .ag-grid-pinned-bottom-rows`]: { bottom: "16px" },
  // The grid gives its pinned rows another box model.
  "& .ag-grid-pinned-bottom-rows .ag-cell": { boxSizing: "border-box" },
  // The column of menu buttons has a name for screen readers alone.
  "& .hidden-header .ag-header-cell-text": {
    position: "absolute",
    width: 1,
    height: 1,
    clipPath: "inset(50%)",
  },
  "& .ag-tooltip": { whiteSpace: "pre-line" },
  "& .cell-link": { color: "primary.main", textDecoration: "none" },
  "& .cell-link:hover": { textDecoration: "underline" },
  "& .row-actions": {
    width: 28,
    height: 26,
    border: 0,
    borderRadius: 1,
    color: "text.primary",
    bgcolor: "transparent",
    font: "inherit",
    fontSize: 16,
    lineHeight: 1,
    cursor: "pointer",
    "&:hover": { bgcolor: "action.hover" },
  },
} as const;
