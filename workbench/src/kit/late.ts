import { type ComponentType, lazy, useEffect, useState } from "react";
import { Unloaded } from "./Unloaded";

/**
 * What a page can be used without for a moment. It is loaded as soon as a page is shown, asked for or not, so that it
 * is there when the service is away.
 */
export interface Late<Module> {
  loaded: Promise<Module>;
  /** Once it is loaded. */
  module?: Module;
  /** Why it could not be loaded, after the last attempt. */
  error?: unknown;
}

/** Between attempts to load a part, in milliseconds: a restart of the service takes seconds. */
const PAUSES = [1_000, 3_000, 9_000];

let open: () => void;
const shown = new Promise<void>((resolve) => {
  open = resolve;
});

/** A page can be used: what is late is loaded once it is painted. */
export function pageShown(): void {
  requestAnimationFrame(() => setTimeout(open));
}

async function attempted<Module>(load: () => Promise<Module>): Promise<Module> {
  for (const pause of PAUSES)
    try {
      return await load();
    } catch {
      await new Promise((over) => setTimeout(over, pause));
    }
  return load();
}

export function late<Module>(load: () => Promise<Module>): Late<Module> {
  const part: Late<Module> = { loaded: shown.then(() => attempted(load)) };
  // One that cannot be loaded fails whoever waits for it, and nobody else.
  part.loaded.then(
    (module) => {
      part.module = module;
    },
    (error: unknown) => {
      part.error = error;
    },
  );
  return part;
}

/** A component that is loaded late. Where that fails it says so in its place, since most are outside of any page. */
export function lateComponent<Props>(load: () => Promise<{ default: ComponentType<Props> }>) {
  const { loaded } = late(load);
  return lazy(() => loaded.catch(() => ({ default: Unloaded as ComponentType<Props> })));
}

/** A late module; null until it is there. `error` of the part says that it will not come. */
export function useLate<Module>(part: Late<Module>): Module | null {
  const [, redraw] = useState(false);
  const { module } = part;
  useEffect(() => {
    if (module) return;
    let wanted = true;
    const over = () => wanted && redraw(true);
    part.loaded.then(over, over);
    return () => {
      wanted = false;
    };
  }, [part, module]);
  return module ?? null;
}
