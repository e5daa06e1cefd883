import { useEffect, useRef } from "react";
import { useLocation, useNavigate } from "react-router-dom";
import { useLazyGetSecurityQuery } from "../../api/generated/api";
import { noticed } from "../../shell/noticesSlice";
import { useAppDispatch, useAppSelector } from "../../store";
import { draftReplaced, selectDraft } from "../allocations/draftSlice";
import { type Arrival, broadcast, type Instrument, listen, reactionTo, securityIdOf } from "./fdc3";

/** Keeps this page and the other programs of the desktop at the same bond. */
export function useFdc3(): void {
  const draft = useAppSelector(selectDraft);
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const dispatch = useAppDispatch();
  const [getSecurity] = useLazyGetSecurityQuery();
  const { security } = draft;

  const arrive = async (arrival: Arrival, context: Instrument) => {
    const securityId = securityIdOf(context);
    const bond = securityId && (await getSecurity({ securityId }, true)).data;
    if (!bond) {
      const message = `${context.name ?? "An instrument"} of another program is no bond that is known here by CUSIP or ISIN.`;
      if (arrival !== "CONTEXT") dispatch(noticed({ severity: "info", message }));
      return;
    }
    const reaction = reactionTo(arrival, bond.cusip, { pathname, orderBond: security?.cusip ?? null });
    if (reaction.kind === "OPEN") navigate(reaction.to);
    if (reaction.kind === "SELECT") dispatch(draftReplaced({ ...draft, security: bond }));
    if (reaction.kind === "TELL")
      dispatch(
        noticed({
          severity: "info",
          message: `Another program shows ${bond.description}.`,
          to: reaction.to,
        }),
      );
  };
  const newest = useRef(arrive);
  useEffect(() => {
    newest.current = arrive;
  });
  useEffect(() => listen((arrival, context) => void newest.current(arrival, context)), []);

  const told = useRef(security?.cusip);
  useEffect(() => {
    if (security && told.current !== security.cusip) broadcast(security);
    told.current = security?.cusip;
  }, [security]);
}
