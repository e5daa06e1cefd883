import type { AllocationMethod, Constraints, Parameters } from "../../../api/generated/api";
import { useAppDispatch, useAppSelector } from "../../../store";
import { draftChanged, parametersChanged, selectDraft } from "../draftSlice";

/** Fields set to undefined are taken away: what is left out of a request has the service's default. */
function merged<T extends object>(before: T, patch: Partial<T>): T {
  return Object.fromEntries(
    Object.entries({ ...before, ...patch }).filter(([, value]) => value !== undefined),
  ) as T;
}

/** The parameters of a method of the draft, and how to change some of them. */
export function useParameters(method: AllocationMethod): [Parameters, (patch: Partial<Parameters>) => void] {
  const dispatch = useAppDispatch();
  const parameters = useAppSelector(selectDraft).parameters[method] ?? NONE;
  return [
    parameters,
    (patch) => dispatch(parametersChanged({ method, parameters: merged(parameters, patch) })),
  ];
}

const NONE: Parameters = {};

/** The wishes of the draft, and how to change some of them. */
export function useConstraints(): [Constraints, (patch: Partial<Constraints>) => void] {
  const dispatch = useAppDispatch();
  const { constraints } = useAppSelector(selectDraft);
  return [constraints, (patch) => dispatch(draftChanged({ constraints: merged(constraints, patch) }))];
}
