import { type ComponentType, lazy, useEffect, useState } from "react";

/**
 * What a page can be used without for a moment. It is loaded as soon as a page is shown, asked for or not, so that it
 * is there when the service is away.
 */
export interface Late<Module> {
  loaded: Promise<Module>;
  /** Once it is loaded. */
  module?: Module;
}

let open: () => void;
const shown = new Promise<void>((resolve) => {
  open = resolve;
});

/** A page can be used: what is late is loaded once it is painted. */
export function pageShown(): void {
  requestAnimationFrame(() => setTimeout(open));
}

export function late<Module>(load: () => Promise<Module>): Late<Module> {
  const part: Late<Module> = { loaded: shown.then(load) };
  // One that cannot be loaded fails whoever waits for it, and nobody else.
  part.loaded.then(
    (module) => {
      part.module = module;
    },
    () => null,
  );
  return part;
}

/** A component that is loaded late. */
export function lateComponent<Props>(load: () => Promise<{ default: ComponentType<Props> }>) {
  const { loaded } = late(load);
  return lazy(() => loaded);
}

/** A late module; null until it is there. */
export function useLate<Module>(part: Late<Module>): Module | null {
  const [, redraw] = useState(false);
  const { module } = part;
  useEffect(() => {
    if (module) return;
    let wanted = true;
    part.loaded.then(
      () => wanted && redraw(true),
      () => null,
    );
    return () => {
      wanted = false;
    };
  }, [part, module]);
  return module ?? null;
}
