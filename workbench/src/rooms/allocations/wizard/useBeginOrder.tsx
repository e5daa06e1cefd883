import { Button, Dialog, DialogActions, DialogContent, DialogContentText, DialogTitle } from "@mui/material";
import { type ReactNode, useState } from "react";
import { useNavigate } from "react-router-dom";
import { useAppDispatch, useAppSelector } from "../../../store";
import { type Draft, draftCleared, draftReplaced, selectDraft } from "../draftSlice";
import { orderSummary } from "./orderSummary";
import { stepAddress } from "./steps";

/**
 * Begins an order, empty or with some fields, and opens step 1. Where that would throw another order away, it asks
 * first: `dialog` has to be drawn.
 */
export function useBeginOrder(): { begin: (fields?: Partial<Draft>) => void; dialog: ReactNode } {
  const draft = useAppSelector(selectDraft);
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<{ fields?: Partial<Draft> } | null>(null);
  const typed = draft.security !== null || draft.sizeText !== "" || draft.groups.length > 0;
  const go = (fields?: Partial<Draft>) => {
    setAsking(null);
    dispatch(fields ? draftReplaced(fields) : draftCleared());
    navigate(stepAddress("order-entry"));
  };
  const dialog = (
    <Dialog open={asking !== null} onClose={() => setAsking(null)} aria-labelledby="new-order-title">
      <DialogTitle id="new-order-title">Begin a new order?</DialogTitle>
      <DialogContent>
        <DialogContentText>This order is put away: {orderSummary(draft)}.</DialogContentText>
      </DialogContent>
      <DialogActions>
        <Button onClick={() => setAsking(null)}>Keep this order</Button>
        <Button variant="contained" onClick={() => go(asking?.fields)} autoFocus>
          Begin a new order
        </Button>
      </DialogActions>
    </Dialog>
  );
  return { begin: (fields) => (typed ? setAsking({ fields }) : go(fields)), dialog };
}
