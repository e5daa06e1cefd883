import { useCallback, useEffect, useRef, useState } from "react";
import {
  type Allocation,
  type Edits,
  type PreviewRequest,
  useAdjustAllocationMutation,
  useGetAllocationQuery,
  usePreviewAllocationMutation,
} from "../../../api/generated/api";
import { fieldErrors } from "../../../api/problems";
import { loadAhead } from "../../../kit/loadAhead";
import { useAppDispatch, useAppSelector } from "../../../store";
import { previewMade, previewRefused, requestText, selectDraft } from "../draftSlice";

// The grid and the chart are loaded while the split is computed.
loadAhead(() => import("../../../kit/grid/DataGrid"));
loadAhead(() => import("../view/MetricChart"));

/** Asks for the split of a request, with what edits have fixed. */
function useSplit() {
  const [preview] = usePreviewAllocationMutation();
  const [adjust] = useAdjustAllocationMutation();
  return useCallback(
    (previewRequest: PreviewRequest, fixed: Edits) => {
      const asked = preview({ previewRequest, "Idempotency-Key": crypto.randomUUID() });
      const edited = async () => {
        const allocation = await asked.unwrap();
        if (Object.keys(fixed).length === 0) return allocation;
        const { allocation_id: allocationId } = allocation;
        return adjust({ allocationId, edits: fixed, "Idempotency-Key": crypto.randomUUID() }).unwrap();
      };
      return { answer: edited(), abort: () => asked.abort() };
    },
    [preview, adjust],
  );
}

/** Makes a preview of a request, given as text; an answer to an older one is not shown. */
function useMaking(wanted: string, show: (allocation: Allocation) => void) {
  const dispatch = useAppDispatch();
  const split = useSplit();
  const [{ error, busy }, setMaking] = useState<{ error: unknown; busy: boolean }>({
    error: null,
    busy: false,
  });
  const stop = useRef<() => void>(() => {});
  const make = useCallback(
    async (fixed: Edits = {}) => {
      stop.current();
      const request = JSON.parse(wanted) as PreviewRequest | null;
      if (!request) return;
      let isCurrent = true;
      const { answer, abort } = split(request, fixed);
      stop.current = () => {
        isCurrent = false;
        abort();
      };
      setMaking({ error: null, busy: true });
      try {
        const allocation = await answer;
        if (!isCurrent) return;
        performance.mark("preview-answered");
        setMaking({ error: null, busy: false });
        show(allocation);
      } catch (failed) {
        if (!isCurrent) return;
        setMaking({ error: failed, busy: false });
        dispatch(previewRefused(fieldErrors(failed)));
      }
    },
    [wanted, split, show, dispatch],
  );
  useEffect(() => () => stop.current(), []);
  return { make, error, busy };
}

/**
 * The preview of the draft: read where the draft has one, made where it has none. What edits had fixed is fixed again in
 * a new preview.
 */
export function usePreview() {
  const dispatch = useAppDispatch();
  const { allocationId } = useAppSelector(selectDraft);
  const request = useAppSelector((state) => requestText(selectDraft(state)));
  const [made, setMade] = useState<Allocation | null>(null);
  const show = useCallback(
    (allocation: Allocation) => {
      setMade(allocation);
      dispatch(previewMade({ allocationId: allocation.allocation_id, request }));
    },
    [dispatch, request],
  );
  const { make, error, busy } = useMaking(request, show);
  const isMade = made !== null && made.allocation_id === allocationId;
  const { currentData, error: readError } = useGetAllocationQuery(
    { allocationId: allocationId ?? "" },
    { skip: allocationId === null || isMade },
  );
  useEffect(() => {
    if (allocationId === null) void make();
  }, [allocationId, make]);
  return {
    isComplete: request !== "null",
    allocation: isMade ? made : allocationId === null ? null : (currentData ?? null),
    busy,
    error: error ?? (allocationId === null || isMade ? null : (readError ?? null)),
    make,
    show,
  };
}
