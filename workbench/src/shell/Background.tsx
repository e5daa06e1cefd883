import { useUsage } from "../rooms/requests/useUsage";
import { useFdc3 } from "../rooms/securities/useFdc3";
import { useTellBrowser } from "./useBrowserNotices";
import { useWatch } from "./useWatch";

/** What goes on behind every page and shows nothing: once, in the frame. */
export default function Background() {
  useUsage();
  useFdc3();
  useWatch();
  useTellBrowser();
  return null;
}
