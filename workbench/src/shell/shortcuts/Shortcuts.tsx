import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router-dom";
import { beginOrder } from "../../rooms/allocations/wizard/beginOrder";
import { PALETTE_EVENT } from "../palette/open";
import { shortcutsOn } from "./setting";
import { actionOf, isTyping, SHORTCUT_EVENT } from "./shortcuts";

const Palette = lazy(() => import("../palette/Palette"));
const ShortcutList = lazy(() => import("./ShortcutList"));

/** How long the second key of a pair such as `g o` is waited for. */
const PAIR_MILLISECONDS = 1_500;

/** The keys that work on every page. Single letters can be switched off (WCAG 2.1.4), and never count while typing. */
export function Shortcuts() {
  const navigate = useNavigate();
  const [shown, setShown] = useState<"PALETTE" | "LIST" | null>(null);
  const pendingSince = useRef(0);
  useEffect(() => {
    const open = () => setShown("PALETTE");
    const press = (event: KeyboardEvent) => {
      const control = event.ctrlKey || event.metaKey;
      if (control && event.key.toLowerCase() === "k") {
        event.preventDefault();
        open();
      } else if (control && event.key === "Enter") {
        window.dispatchEvent(new Event(SHORTCUT_EVENT.proceed));
      }
      if (control || event.altKey || event.defaultPrevented || !shortcutsOn() || isTyping(event.target))
        return;
      if (document.querySelector('[role="dialog"]')) return;
      const action = actionOf(event.key, event.timeStamp - pendingSince.current < PAIR_MILLISECONDS);
      pendingSince.current = action?.kind === "WAIT" ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (action === null || action.kind === "WAIT") return;
      event.preventDefault();
      if (action.kind === "GO") navigate(action.path);
      if (action.kind === "LIST") setShown("LIST");
      if (action.kind === "NEW_ORDER") beginOrder();
    };
    window.addEventListener("keydown", press);
    window.addEventListener(PALETTE_EVENT, open);
    return () => {
      window.removeEventListener("keydown", press);
      window.removeEventListener(PALETTE_EVENT, open);
    };
  }, [navigate]);
  const close = () => setShown(null);
  return (
    <Suspense>
      {shown === "PALETTE" && <Palette onClose={close} onShortcuts={() => setShown("LIST")} />}
      {shown === "LIST" && <ShortcutList onClose={close} />}
    </Suspense>
  );
}
