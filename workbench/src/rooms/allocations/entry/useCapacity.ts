import { useCallback, useEffect, useState } from "react";
import {
  type CapacityRequest,
  type OrderCapacity,
  useComputeOrderCapacityMutation,
} from "../../../api/generated/api";
import { useSettled } from "../../../kit/useSettled";

const TYPING_MILLISECONDS = 350;

export interface Capacity {
  data: OrderCapacity | null;
  error: unknown;
  busy: boolean;
  /** Ask once more. */
  retry: () => void;
}

const NOTHING = { data: null, error: null, busy: false };

/** What accounts could take of an order, once its fields rest; the answer to an older question is not shown. */
export function useCapacity(request: CapacityRequest | null): Capacity {
  const [ask] = useComputeOrderCapacityMutation();
  const wanted = JSON.stringify(request);
  const settled = useSettled(wanted, TYPING_MILLISECONDS);
  const [state, setState] = useState<Omit<Capacity, "retry"> & { of: string }>({ ...NOTHING, of: "null" });
  const [attempt, setAttempt] = useState(0);
  const retry = useCallback(() => {
    setState({ ...NOTHING, busy: true, of: "null" });
    setAttempt((before) => before + 1);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks the same again.
  useEffect(() => {
    const capacityRequest = JSON.parse(settled) as CapacityRequest | null;
    if (capacityRequest === null) return;
    const asked = ask({ capacityRequest });
    let wantedStill = true;
    void asked.then(({ data, error }) => {
      if (wantedStill) setState({ data: data ?? null, error: error ?? null, busy: false, of: settled });
    });
    return () => {
      wantedStill = false;
      asked.abort();
    };
  }, [settled, ask, attempt]);
  if (request === null) return { ...NOTHING, retry };
  return state.of === wanted ? { ...state, retry } : { ...NOTHING, busy: true, retry };
}
