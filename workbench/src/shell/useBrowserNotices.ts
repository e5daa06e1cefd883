import { useCallback, useEffect, useRef } from "react";
import { usePreference } from "../rooms/preferences/usePreference";
import { useAppSelector } from "../store";
import { selectNotices } from "./noticesSlice";

const OFF = { on: false };

/** Whether this browser has such notifications at all, and may show them. */
function permission(): NotificationPermission | null {
  return "Notification" in window ? Notification.permission : null;
}

/** The user's wish for notifications of the browser, which are shown while the page is not in sight. */
export function useBrowserNotices() {
  const { value, change } = usePreference<{ on: boolean }>("browser-notifications", OFF);
  const allowed = permission();
  /** The browser is asked for its permission only by who switches this on. */
  const set = useCallback(
    async (on: boolean) => {
      const granted = !on || (await Notification.requestPermission()) === "granted";
      change({ on: on && granted });
    },
    [change],
  );
  return {
    on: value.on && allowed === "granted",
    isPossible: allowed !== null,
    isDenied: allowed === "denied",
    set,
  };
}

/** Shows what is noticed as notifications of the browser, where that is wanted and the page is not in sight. */
export function useTellBrowser(): void {
  const notices = useAppSelector(selectNotices);
  const { on } = useBrowserNotices();
  const newest = notices[0]?.id ?? 0;
  const told = useRef(newest);
  useEffect(() => {
    if (on && document.hidden)
      for (const { id, message } of notices.filter((notice) => notice.id > told.current))
        new Notification("Allocator", { body: message, tag: String(id) });
    told.current = newest;
  }, [on, notices, newest]);
}
