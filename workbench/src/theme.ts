import { createTheme } from "@mui/material/styles";

const FONT = '"Inter Variable", "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/**
 * One theme with a light and a dark scheme as CSS variables: following the system switches without a render. Sizes are
 * those of a desk's screen: 13 px, narrow rows, figures of equal width.
 */
export const theme = createTheme({
  cssVariables: { colorSchemeSelector: "data-color-scheme" },
  colorSchemes: {
    light: {
      palette: {
        primary: { main: "#0b5c8a" },
        secondary: { main: "#6b4fa0" },
        success: { main: "#1b6e3c" },
        warning: { main: "#8a4b00" },
        error: { main: "#b3261e" },
        info: { main: "#0b5c8a" },
        background: { default: "#f4f6f8", paper: "#ffffff" },
        text: { primary: "#14202b", secondary: "#4a5a68" },
        divider: "#d5dce2",
      },
    },
    dark: {
      palette: {
        primary: { main: "#7cc4ee" },
        secondary: { main: "#c3aef0" },
        success: { main: "#7bd49b" },
        warning: { main: "#f5b961" },
        error: { main: "#ff9c94" },
        info: { main: "#7cc4ee" },
        background: { default: "#10161c", paper: "#18212a" },
        text: { primary: "#e6edf3", secondary: "#a9b7c4" },
        divider: "#2e3a46",
      },
    },
  },
  typography: {
    fontFamily: FONT,
    fontSize: 13,
    htmlFontSize: 16,
    body1: { fontSize: "0.8125rem", lineHeight: 1.5 },
    body2: { fontSize: "0.75rem", lineHeight: 1.5 },
    caption: { fontSize: "0.75rem", lineHeight: 1.4 },
    h1: { fontSize: "1.25rem", fontWeight: 650, letterSpacing: "-0.01em" },
    h2: { fontSize: "1rem", fontWeight: 650 },
    h3: { fontSize: "0.875rem", fontWeight: 650 },
    h6: { fontSize: "1rem", fontWeight: 650, letterSpacing: 0 },
    button: { textTransform: "none", fontWeight: 600 },
    overline: { fontSize: "0.6875rem", letterSpacing: "0.06em", lineHeight: 1.6 },
  },
  shape: { borderRadius: 6 },
  spacing: 8,
  components: {
    MuiCssBaseline: {
      styleOverrides: {
        body: { fontVariantNumeric: "tabular-nums", fontFeatureSettings: '"cv11"' },
        ":root[data-density=comfortable]": { "--cell-padding": "8px 12px" },
        ":focus-visible": { outline: "2px solid var(--mui-palette-primary-main)", outlineOffset: 2 },
        "@media (prefers-reduced-motion: reduce)": {
          // No transition, not a short one: of an inherited colour, even those wait for one another from parent to child.
          "*, *::before, *::after": { animationDuration: "0.01ms !important", transition: "none !important" },
        },
      },
    },
    MuiButton: { defaultProps: { size: "small", disableElevation: true } },
    MuiButtonBase: { defaultProps: { disableRipple: true } },
    MuiIconButton: { defaultProps: { size: "small" } },
    MuiTextField: { defaultProps: { size: "small", variant: "outlined" } },
    MuiFormControl: { defaultProps: { size: "small" } },
    MuiSelect: { defaultProps: { size: "small" } },
    MuiAutocomplete: { defaultProps: { size: "small" } },
    MuiCheckbox: { defaultProps: { size: "small" } },
    MuiRadio: { defaultProps: { size: "small" } },
    MuiSwitch: { defaultProps: { size: "small" } },
    MuiChip: { defaultProps: { size: "small" } },
    MuiTable: { defaultProps: { size: "small" } },
    MuiTableCell: {
      styleOverrides: {
        root: { padding: "var(--cell-padding, 4px 10px)", borderColor: "var(--mui-palette-divider)" },
        head: { fontWeight: 600 },
      },
    },
    MuiDialogTitle: { styleOverrides: { root: { padding: "16px 24px 8px" } } },
    MuiDialogActions: { styleOverrides: { root: { padding: "8px 24px 16px" } } },
    MuiPaper: { defaultProps: { elevation: 0, variant: "outlined" } },
    MuiAlert: {
      styleOverrides: {
        // Inside a sentence colour alone does not tell a link.
        message: { "& a": { textDecoration: "underline" } },
        // White words on a filled alert: the darker shades of the dark scheme are too light for them.
        root: {
          "[data-color-scheme=dark] &.MuiAlert-filled.MuiAlert-colorError": {
            backgroundColor: "#a8322a",
            color: "#fff",
          },
          "[data-color-scheme=dark] &.MuiAlert-filled.MuiAlert-colorWarning": {
            backgroundColor: "#8a4b00",
            color: "#fff",
          },
          "[data-color-scheme=dark] &.MuiAlert-filled.MuiAlert-colorSuccess": {
            backgroundColor: "#1b6e3c",
            color: "#fff",
          },
          "[data-color-scheme=dark] &.MuiAlert-filled.MuiAlert-colorInfo": {
            backgroundColor: "#0b5c8a",
            color: "#fff",
          },
        },
      },
    },
    MuiAppBar: { defaultProps: { elevation: 0 } },
    MuiTooltip: { defaultProps: { arrow: true, describeChild: true } },
  },
});
