import { useCallback, useState } from "react";
import { useNavigate } from "react-router-dom";
import {
  type Allocation,
  useGetSystemStatusQuery,
  useLazySearchSecuritiesQuery,
} from "../../../api/generated/api";
import { useAppDispatch } from "../../../store";
import { draftReplaced } from "../draftSlice";
import { inputsAgain } from "../preview/inputsAgain";
import { stepAddress } from "../wizard/steps";

/** Puts the inputs of a stored allocation into the workbench, and previews them. */
export function useInputsAgain(allocation: Allocation | undefined) {
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const { data: status } = useGetSystemStatusQuery();
  const [search, { isFetching }] = useLazySearchSecuritiesQuery();
  const [error, setError] = useState<unknown>(null);
  const start = useCallback(async () => {
    if (!allocation) return;
    setError(null);
    try {
      const { securities } = await search({ query: allocation.order.security_id, limit: 5 }, true).unwrap();
      const bond = securities.find(({ cusip }) => cusip === allocation.order.security_id);
      if (!bond) throw new Error(`The bond ${allocation.order.security_id} is not found any more.`);
      dispatch(draftReplaced(inputsAgain(allocation, bond, status?.business_date ?? null)));
      navigate(stepAddress("preview"));
    } catch (failed) {
      setError(failed);
    }
  }, [allocation, search, status, dispatch, navigate]);
  return { start, busy: isFetching, error };
}
