import { Alert } from "@mui/material";
import { useEffect } from "react";
import { API_ROOT } from "../api/baseQuery";
import { reached, selectReachable } from "../api/connectionSlice";
import { emptyApi } from "../api/emptyApi";
import { useAppDispatch, useAppSelector } from "../store";

const RETRY_MILLISECONDS = 2_000;

/** Says that the service is away, asks for it again, and reads everything anew once it is back. */
export default function OfflineBanner() {
  const reachable = useAppSelector(selectReachable);
  const dispatch = useAppDispatch();
  useEffect(() => {
    if (reachable) return;
    const timer = setInterval(async () => {
      const answer = await fetch(`${API_ROOT}health/live`, { cache: "no-store" }).catch(() => null);
      if (!answer?.ok) return;
      dispatch(reached());
      dispatch(emptyApi.util.invalidateTags(["system", "orders", "allocations"] as never[]));
    }, RETRY_MILLISECONDS);
    return () => clearInterval(timer);
  }, [reachable, dispatch]);
  if (reachable) return null;
  return (
    <Alert severity="warning" variant="filled" square role="status">
      The service cannot be reached. What you typed is kept; numbers on this page may be old. Trying again
      every 2 seconds.
    </Alert>
  );
}
