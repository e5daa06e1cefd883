import { useCallback, useState } from "react";
import { type CancelResult, useCancelOrderMutation, useLazyGetOrderQuery } from "../../api/generated/api";
import { messageOf } from "../../api/problems";
import { isOutcomeUnknown, sendSafely, wait } from "../../api/safely";
import { isWorking, statusWords } from "./orderWords";

export type CancelStep = "WAITING" | "SENDING" | "LOOKING" | "CANCELLED" | "REFUSED" | "UNKNOWN";

export interface CancelProgress {
  step: CancelStep;
  message: string;
}

export const CANCEL_WORDS: Record<CancelStep, string> = {
  WAITING: "Waiting",
  SENDING: "Being sent…",
  LOOKING: "Answer lost, being looked up…",
  CANCELLED: "Cancelled",
  REFUSED: "Not cancelled",
  UNKNOWN: "Not known",
};

const LOOKS = 5;
const LOOK_MILLISECONDS = 2_000;

export function answered(result: CancelResult): CancelProgress {
  return { step: result.status === "SUCCESS" ? "CANCELLED" : "REFUSED", message: result.message };
}

/** Cancels orders one after the other, and says of each what became of it. */
export function useCancel() {
  const [cancelOrder] = useCancelOrderMutation();
  const [getOrder] = useLazyGetOrderQuery();
  const [progress, setProgress] = useState<Record<string, CancelProgress>>({});
  const [busy, setBusy] = useState(false);

  const lookUp = useCallback(
    async (orderId: string): Promise<CancelProgress> => {
      for (let look = 0; look < LOOKS; look += 1) {
        await wait(LOOK_MILLISECONDS);
        const order = await getOrder({ orderId })
          .unwrap()
          .catch(() => null);
        if (order && !isWorking(order))
          return { step: "CANCELLED", message: `Aladdin shows it as ${statusWords(order.status)}.` };
      }
      return {
        step: "UNKNOWN",
        message: "Aladdin does not show it as over. Look at the order before you cancel it again.",
      };
    },
    [getOrder],
  );

  const cancelOne = useCallback(
    async (orderId: string, reason: string, say: (progress: CancelProgress) => void) => {
      say({ step: "SENDING", message: "" });
      try {
        const send = (key: string) =>
          cancelOrder({ orderId, "Idempotency-Key": key, cancelOrder: { reason } }).unwrap();
        say(answered(await sendSafely(send)));
      } catch (error) {
        if (!isOutcomeUnknown(error)) return say({ step: "REFUSED", message: messageOf(error) });
        say({ step: "LOOKING", message: messageOf(error) });
        say(await lookUp(orderId));
      }
    },
    [cancelOrder, lookUp],
  );

  const cancel = useCallback(
    async (orderIds: readonly string[], reason: string) => {
      setBusy(true);
      setProgress(Object.fromEntries(orderIds.map((id) => [id, { step: "WAITING", message: "" }])));
      for (const id of orderIds)
        await cancelOne(id, reason, (next) => setProgress((before) => ({ ...before, [id]: next })));
      setBusy(false);
    },
    [cancelOne],
  );
  return { cancel, progress, busy };
}
