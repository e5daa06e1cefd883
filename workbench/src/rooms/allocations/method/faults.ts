import { createContext, useContext, useEffect } from "react";

/** Tells the step that a field holds what cannot be used, in words; null once it can. */
export const FaultsContext = createContext<(field: string, fault: string | null) => void>(() => {});

/** Keep the step from going on while a field holds what cannot be used. */
export function useFault(field: string, fault: string | null): void {
  const report = useContext(FaultsContext);
  useEffect(() => {
    report(field, fault);
    return () => report(field, null);
  }, [report, field, fault]);
}
