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

interface Making {
  request: PreviewRequest | null;
  error: unknown;
  busy: boolean;
}

/**
 * The preview of the draft: read where the draft has one, made where it has none. An answer to an older draft is not
 * shown. What edits had fixed is fixed again in a new preview.
 */
export function usePreview() {
  const dispatch = useAppDispatch();
  const { allocationId } = useAppSelector(selectDraft);
  const request = useAppSelector(selectPreviewRequest);
  const [made, setMade] = useState<Allocation | null>(null);
  const [{ error, busy }, setMaking] = useState<Making>({ request: null, error: null, busy: false });
  const [preview] = usePreviewAllocationMutation();
  const [adjust] = useAdjustAllocationMutation();
  const running = useRef<{ abort: () => void } | null>(null);
  const isMade = made?.allocation_id === allocationId;
  const stored = useGetAllocationQuery(
    { allocationId: allocationId ?? "" },
    { skip: allocationId === null || isMade },
  );

  const show = useCallback(
    (allocation: Allocation) => {
      setMade(allocation);
      dispatch(previewMade(allocation.allocation_id));
    },
    [dispatch],
  );

  const make = useCallback(
    async (fixed: Edits = {}) => {
      if (!request) return;
      running.current?.abort();
      let current = true;
      const asked = preview({ previewRequest: request, "Idempotency-Key": crypto.randomUUID() });
      running.current = {
        abort: () => {
          current = false;
          asked.abort();
        },
      };
      setMaking({ request, error: null, busy: true });
      try {
        let allocation = await asked.unwrap();
        if (current && Object.keys(fixed).length > 0)
          allocation = await adjust({
            allocationId: allocation.allocation_id,
            edits: fixed,
            "Idempotency-Key": crypto.randomUUID(),
          }).unwrap();
        if (!current) return;
        performance.mark("preview-answered");
        setMaking({ request, error: null, busy: false });
        show(allocation);
      } catch (failed) {
        if (!current) return;
        setMaking({ request, error: failed, busy: false });
        dispatch(previewRefused(fieldErrors(failed)));
      }
    },
    [request, preview, adjust, show, dispatch],
  );

  useEffect(() => () => running.current?.abort(), []);
  useEffect(() => {
    if (allocationId === null) void make();
  }, [allocationId, make]);

  const read = stored.currentData?.allocation_id === allocationId ? stored.currentData : null;
  return {
    request,
    allocation: allocationId === null ? null : isMade ? made : (read ?? null),
    busy,
    error: error ?? (allocationId !== null && !isMade ? (stored.error ?? null) : null),
    make,
    show,
  };
}
