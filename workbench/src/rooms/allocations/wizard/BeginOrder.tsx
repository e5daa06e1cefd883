import { Suspense, useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router-dom";
import { lateComponent } from "../../../kit/late";
import { useAppDispatch, useAppSelector } from "../../../store";
import { type Draft, draftCleared, draftReplaced, selectDraft } from "../draftSlice";
import { BEGIN_ORDER_EVENT } from "./beginOrder";
import { isBegun, orderSummary } from "./orderSummary";
import { stepAddress } from "./steps";

const BeginQuestion = lateComponent(() => import("./BeginQuestion"));

/** Answers `beginOrder`. The order is begun after the question is gone, so that the focus stays in the new one. */
export function BeginOrder() {
  const draft = useAppSelector(selectDraft);
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const wanted = useRef<Partial<Draft> | null>(null);
  const agreed = useRef(false);
  const begin = () => {
    dispatch(wanted.current ? draftReplaced(wanted.current) : draftCleared());
    navigate(stepAddress("order-entry"));
  };
  const answer = (fields: Partial<Draft> | null) => {
    wanted.current = fields;
    agreed.current = false;
    if (isBegun(draft)) setAsking(true);
    else begin();
  };
  const newest = useRef(answer);
  useEffect(() => {
    newest.current = answer;
  });
  useEffect(() => {
    const asked = (event: Event) => newest.current((event as CustomEvent<Partial<Draft> | null>).detail);
    window.addEventListener(BEGIN_ORDER_EVENT, asked);
    return () => window.removeEventListener(BEGIN_ORDER_EVENT, asked);
  }, []);
  const close = (yes: boolean) => {
    agreed.current = yes;
    setAsking(false);
  };
  return (
    <Suspense>
      <BeginQuestion
        open={asking}
        summary={orderSummary(draft)}
        onAnswer={close}
        onExited={() => agreed.current && begin()}
      />
    </Suspense>
  );
}
