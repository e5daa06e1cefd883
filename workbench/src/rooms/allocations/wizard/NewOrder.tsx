import { Button, Dialog, DialogActions, DialogContent, DialogContentText, DialogTitle } from "@mui/material";
import { useState } from "react";
import { useNavigate } from "react-router-dom";
import { useAppDispatch, useAppSelector } from "../../../store";
import { draftCleared, selectDraft } from "../draftSlice";
import { orderSummary } from "./orderSummary";
import { stepAddress } from "./steps";

/** Begins an order anew; asks first when that would throw something away. */
export function NewOrder() {
  const draft = useAppSelector(selectDraft);
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const typed = draft.security !== null || draft.sizeText !== "" || draft.groups.length > 0;
  const begin = () => {
    setAsking(false);
    dispatch(draftCleared());
    navigate(stepAddress("order-entry"));
  };
  return (
    <>
      <Button variant="outlined" onClick={() => (typed ? setAsking(true) : begin())}>
        New order
      </Button>
      <Dialog open={asking} onClose={() => setAsking(false)} aria-labelledby="new-order-title">
        <DialogTitle id="new-order-title">Begin a new order?</DialogTitle>
        <DialogContent>
          <DialogContentText>
            This order and its preview are put away: {orderSummary(draft)}.
          </DialogContentText>
        </DialogContent>
        <DialogActions>
          <Button onClick={() => setAsking(false)}>Keep this order</Button>
          <Button variant="contained" onClick={begin} autoFocus>
            New order
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
