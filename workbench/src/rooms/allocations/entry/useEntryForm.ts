import { yupResolver } from "@hookform/resolvers/yup";
import { useEffect } from "react";
import { type UseFormReturn, useForm } from "react-hook-form";
import { fieldErrors } from "../../../api/problems";
import { useAppDispatch, useAppSelector, useAppStore } from "../../../store";
import { draftChanged, orderPriced, selectDraft } from "../draftSlice";
import { useEntryLimits } from "../wizard/useReach";
import { chosenRequest } from "./capacityRequests";
import { changesOf, type EntryValues, entrySchema, valuesOf } from "./faults";
import { type Capacity, useCapacity } from "./useCapacity";

export interface Entry {
  form: UseFormReturn<EntryValues>;
  /** What the chosen groups could take together of this order. */
  together: Capacity;
  /** Message of a field: the form's own, else what the server refused, by the path in the request. */
  faultOf: (field: keyof EntryValues, path: string) => string | undefined;
}

/** The fields of step 1. They begin with the draft, and keep it as they are typed, so that a reload loses nothing. */
export function useEntryForm(): Entry {
  const draft = useAppSelector(selectDraft);
  const dispatch = useAppDispatch();
  const store = useAppStore();
  const form = useForm<EntryValues>({
    defaultValues: valuesOf(draft),
    context: useEntryLimits(),
    resolver: yupResolver(entrySchema),
  });
  useEffect(
    () =>
      form.subscribe({
        formState: { values: true },
        callback: ({ values }) => {
          const changes = changesOf(selectDraft(store.getState()), values);
          if (Object.keys(changes).length > 0) dispatch(draftChanged(changes));
        },
      }),
    [form, store, dispatch],
  );
  const together = useCapacity(chosenRequest(draft));
  const priced = together.data?.order;
  useEffect(() => {
    if (priced && draft.priced !== priced) dispatch(orderPriced(priced));
  }, [priced, draft.priced, dispatch]);
  const { errors } = form.formState;
  const refused: Record<string, string | undefined> = { ...draft.refused, ...fieldErrors(together.error) };
  return { form, together, faultOf: (field, path) => errors[field]?.message ?? refused[path] };
}
