import { useState } from "react";
import { api } from "../../api/generated/api";
import { problemOf } from "../../api/problems";
import { sendSafely } from "../../api/safely";
import { noticed } from "../../shell/noticesSlice";
import { useAppDispatch } from "../../store";

/** Somebody else was first: the targets are read again. */
const STALE: readonly string[] = ["TARGETS_CHANGED", "TARGETS_PENDING", "TARGETS_NOT_PENDING"];

/** Sends a change of targets once, whatever is lost on the way; what is measured from them is read again. */
export function useTargetChange() {
  const dispatch = useAppDispatch();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  /** Returns whether it was done. */
  const change = async (send: (key: string) => Promise<unknown>, done: string): Promise<boolean> => {
    setError(null);
    setBusy(true);
    try {
      await sendSafely(send);
      dispatch(api.util.invalidateTags(["drift"]));
      dispatch(noticed({ severity: "success", message: done }));
      return true;
    } catch (failure) {
      setError(failure);
      if (STALE.includes(problemOf(failure)?.code ?? "")) dispatch(api.util.invalidateTags(["target-sets"]));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { change, error, setError, busy };
}
