import { useEffect, useState } from "react";
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
}

const NOTHING: Capacity = { data: null, error: null, busy: false };

/** What accounts could take of an order, once its fields rest; the answer to an older question is not shown. */
export function useCapacity(request: CapacityRequest | null): Capacity {
  const [ask] = useComputeOrderCapacityMutation();
  const wanted = JSON.stringify(request);
  const settled = useSettled(wanted, TYPING_MILLISECONDS);
  const [state, setState] = useState<Capacity & { of: string }>({ ...NOTHING, of: "null" });
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
  }, [settled, ask]);
  if (request === null) return NOTHING;
  return state.of === wanted ? state : { ...NOTHING, busy: true };
}
