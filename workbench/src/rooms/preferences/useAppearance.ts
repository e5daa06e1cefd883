import { useColorScheme } from "@mui/material";
import { useEffect } from "react";
import { usePreference } from "./usePreference";

export const SCHEMES = ["system", "light", "dark"] as const;
export type Scheme = (typeof SCHEMES)[number];
export const DENSITIES = ["compact", "comfortable"] as const;
export type Density = (typeof DENSITIES)[number];

/** How the screen looks to a user, on every machine. An absent scheme is that of this machine. */
interface Appearance {
  density?: string;
  scheme?: string;
}

const DEFAULT: Appearance = {};

export function useAppearance() {
  const { value, change, ready } = usePreference<Appearance>("appearance", DEFAULT);
  const { mode } = useColorScheme();
  const density: Density = DENSITIES.find((choice) => choice === value.density) ?? "compact";
  const kept = SCHEMES.find((choice) => choice === value.scheme);
  return {
    density,
    scheme: kept ?? mode ?? "system",
    kept,
    ready,
    changeDensity: (next: Density) => change({ ...value, density: next }),
    changeScheme: (next: Scheme) => change({ ...value, scheme: next }),
  };
}

/** Puts the kept appearance on the page; once, in the frame. */
export function useKeptAppearance(): void {
  const { density, kept } = useAppearance();
  const { mode, setMode } = useColorScheme();
  useEffect(() => {
    if (kept && kept !== mode) setMode(kept);
  }, [kept, mode, setMode]);
  useEffect(() => {
    document.documentElement.dataset.density = density;
  }, [density]);
}
