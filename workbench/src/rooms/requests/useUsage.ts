import { useEffect, useRef } from "react";
import { useLocation } from "react-router-dom";
import { eventsBetween, keepSending, noteUsage } from "./usage";

/** Counts the pages that are opened and the time in the steps of an order. */
export function useUsage(): void {
  const { pathname } = useLocation();
  const last = useRef<{ pathname: string | null; since: number }>({ pathname: null, since: 0 });
  useEffect(() => {
    const now = performance.now();
    const before = last.current;
    if (before.pathname === pathname) return;
    noteUsage(...eventsBetween(before.pathname, pathname, now - before.since));
    last.current = { pathname, since: now };
  }, [pathname]);
  useEffect(() => keepSending(), []);
}
