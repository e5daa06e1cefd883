import type { AlertColor } from "@mui/material";
import { useCallback, useState } from "react";
import { isOutcomeUnknown, sendSafely } from "../../../api/safely";

/** What came of a decision, and how serious that is. */
export interface Came {
  severity: AlertColor;
  words: string;
}

/** Where a decision stands. LOST: its answer is missing; the allocation, which is read again, says what came of it. */
export type DecisionState =
  | { kind: "IDLE" }
  | { kind: "BUSY" }
  | ({ kind: "DONE" } & Came)
  | { kind: "REFUSED"; error: unknown }
  | { kind: "LOST" };

/** Sends one decision at a time, safely under one key. Every answer reads the allocation again. */
export function useDecision() {
  const [state, setState] = useState<DecisionState>({ kind: "IDLE" });
  const decide = useCallback(
    async <Answer>(send: (key: string) => Promise<Answer>, told: (answer: Answer) => Came) => {
      setState({ kind: "BUSY" });
      try {
        setState({ kind: "DONE", ...told(await sendSafely(send)) });
      } catch (error) {
        setState(isOutcomeUnknown(error) ? { kind: "LOST" } : { kind: "REFUSED", error });
      }
    },
    [],
  );
  return { state, decide };
}

export type Decision = ReturnType<typeof useDecision>;
