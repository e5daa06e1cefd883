import type { ProblemCode } from "./generated/api";
import { isLost, problemOf } from "./problems";

/** Nothing was done, or the first request is still at work: the same request may be sent again under its key. */
const REPEATABLE: readonly ProblemCode[] = [
  "DESK_BUSY",
  "SERVICE_BUSY",
  "CALCULATIONS_BUSY",
  "IDEMPOTENCY_KEY_IN_USE",
];
const ATTEMPTS = 4;
const WAIT_MILLISECONDS = 1_500;

export const wait = (milliseconds: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/** Whether it is not known what became of a change: its answer was lost, or Aladdin's was. */
export function isOutcomeUnknown(error: unknown): boolean {
  return isLost(error) || problemOf(error)?.code === "ORDER_OUTCOME_UNKNOWN";
}

/**
 * Send a change under one Idempotency-Key, again where its answer was lost or nothing was done: under its key it is
 * done once, whatever is repeated. Throws the last error.
 */
export async function sendSafely<Answer>(
  send: (key: string) => Promise<Answer>,
  { key = crypto.randomUUID() as string, pause = wait } = {},
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send(key);
    } catch (error) {
      const code = problemOf(error)?.code;
      const repeatable = isLost(error) || (code !== undefined && REPEATABLE.includes(code));
      if (!repeatable || attempt === ATTEMPTS) throw error;
      await pause(WAIT_MILLISECONDS);
    }
  }
}
