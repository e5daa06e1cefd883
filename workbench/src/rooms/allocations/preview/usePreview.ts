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
import { useAppDispatch, useAppSelector } from "../../../store";
import { previewMade, previewRefused, selectDraft, selectPreviewRequest } from "../draftSlice";

// The grid and the chart are loaded while the split is computed.
void import("../../../kit/grid/DataGrid");
void import("../view/MetricChart");

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

/** Makes a preview of a request; an answer to an older one is not shown. The request is text, so that equal ones are one. */
function useMaking(requestText: string, show: (allocation: Allocation) => void) {
  const dispatch = useAppDispatch();
  const split = useSplit();
  const [{ error, busy }, setMaking] = useState<{ error: unknown; busy: boolean }>({
    error: null,
    busy: false,
  });
  const stop = useRef<() => void>(() => {});
  const make = useCallback(
    async (fixed: Edits = {}) => {
      const request = JSON.parse(requestText) as PreviewRequest | null;
      if (!request) return;
      stop.current();
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
    [requestText, split, show, dispatch],
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
  const requestText = useAppSelector((state) => JSON.stringify(selectPreviewRequest(state)));
  const [made, setMade] = useState<Allocation | null>(null);
  const show = useCallback(
    (allocation: Allocation) => {
      setMade(allocation);
      dispatch(previewMade(allocation.allocation_id));
    },
    [dispatch],
  );
  const { make, error, busy } = useMaking(requestText, show);
  const isMade = made !== null && made.allocation_id === allocationId;
  const { currentData, error: readError } = useGetAllocationQuery(
    { allocationId: allocationId ?? "" },
    { skip: allocationId === null || isMade },
  );
  useEffect(() => {
    if (allocationId === null) void make();
  }, [allocationId, make]);
  return {
    isComplete: requestText !== "null",
    allocation: isMade ? made : allocationId === null ? null : (currentData ?? null),
    busy,
    error: error ?? (allocationId === null || isMade ? null : (readError ?? null)),
    make,
    show,
  };
}
