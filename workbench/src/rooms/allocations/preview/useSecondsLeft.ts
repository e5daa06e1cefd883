import { useEffect, useState } from "react";
import { serverNow } from "../../../api/serverClock";
import { secondsLeft } from "./expiry";

/** Seconds until a moment of the service's clock, counted down. */
export function useSecondsLeft(until: string): number {
  const [now, setNow] = useState(() => serverNow());
  const left = secondsLeft(until, now);
  const over = left === 0;
  useEffect(() => {
    setNow(serverNow());
    if (over) return;
    const timer = setInterval(() => setNow(serverNow()), 1000);
    return () => clearInterval(timer);
  }, [over]);
  return left;
}

/** Longest time that a timer of a browser holds. */
const MOST_MILLISECONDS = 2 ** 31 - 1;

/** Whether a moment has passed; told when it does. */
export function usePassed(moment: string): boolean {
  const [passed, setPassed] = useState(() => secondsLeft(moment, serverNow()) === 0);
  useEffect(() => {
    const left = Date.parse(moment) - serverNow();
    setPassed(left <= 0);
    if (left <= 0) return;
    const timer = setTimeout(() => setPassed(true), Math.min(left, MOST_MILLISECONDS));
    return () => clearTimeout(timer);
  }, [moment]);
  return passed;
}
