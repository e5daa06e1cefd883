import { useEffect, useState } from "react";
import { secondsLeft } from "./expiry";

/** Seconds until a moment, counted down. */
export function useSecondsLeft(until: string): number {
  const [now, setNow] = useState(() => Date.now());
  const left = secondsLeft(until, now);
  const over = left === 0;
  useEffect(() => {
    setNow(Date.now());
    if (over) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [over]);
  return left;
}
