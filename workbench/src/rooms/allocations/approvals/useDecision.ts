import { useCallback, useState } from "react";
import { isOutcomeUnknown, sendSafely } from "../../../api/safely";

/** Where a decision stands. LOST: its answer is missing; the allocation, which is read again, says what came of it. */
export type DecisionState =
  | { kind: "IDLE" }
  | { kind: "BUSY" }
  | { kind: "DONE"; words: string }
  | { kind: "REFUSED"; error: unknown }
  | { kind: "LOST" };

/** Sends one decision at a time, safely under one key. Every answer reads the allocation again. */
export function useDecision() {
  const [state, setState] = useState<DecisionState>({ kind: "IDLE" });
  const decide = useCallback(
    async <Answer>(send: (key: string) => Promise<Answer>, told: (answer: Answer) => string) => {
      setState({ kind: "BUSY" });
      try {
        setState({ kind: "DONE", words: told(await sendSafely(send)) });
      } catch (error) {
        setState(isOutcomeUnknown(error) ? { kind: "LOST" } : { kind: "REFUSED", error });
      }
    },
    [],
  );
  const forget = useCallback(() => setState({ kind: "IDLE" }), []);
  return { state, decide, forget };
}
