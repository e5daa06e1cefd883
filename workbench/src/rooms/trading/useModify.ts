import { useCallback, useState } from "react";
import {
  type ModifyResult,
  type OrderDetail,
  useLazyGetOrderQuery,
  useModifyOrderMutation,
} from "../../api/generated/api";
import { isOutcomeUnknown, sendSafely, wait } from "../../api/safely";
import { type LostOutcome, lostChange } from "./orderWords";

const LOOKS = 5;
const LOOK_MILLISECONDS = 2_000;

/** What became of a change. LOST: its answer was lost, and this is what the order looks like afterwards. */
export type ModifyOutcome =
  | { kind: "ANSWERED"; result: ModifyResult }
  | { kind: "REFUSED"; error: unknown }
  | { kind: "LOOKING" }
  | { kind: "LOST"; found: LostOutcome | "NOT_SEEN"; order: OrderDetail | null };

export function useModify() {
  const [modifyOrder] = useModifyOrderMutation();
  const [getOrder] = useLazyGetOrderQuery();
  const [outcome, setOutcome] = useState<ModifyOutcome | null>(null);
  const [busy, setBusy] = useState(false);

  const lookUp = useCallback(
    async (before: OrderDetail, wanted: number): Promise<ModifyOutcome> => {
      let order: OrderDetail | null = null;
      for (let look = 0; look < LOOKS; look += 1) {
        await wait(LOOK_MILLISECONDS);
        order = await getOrder({ orderId: before.order_id })
          .unwrap()
          .catch(() => order);
        const found = order && lostChange(before, wanted, order);
        if (found && found !== "UNCHANGED") return { kind: "LOST", found, order };
      }
      return { kind: "LOST", found: order ? "UNCHANGED" : "NOT_SEEN", order };
    },
    [getOrder],
  );

  const modify = useCallback(
    async (seen: OrderDetail, quantity: number, comment: string) => {
      setBusy(true);
      setOutcome(null);
      try {
        const send = (key: string) =>
          modifyOrder({
            orderId: seen.order_id,
            "Idempotency-Key": key,
            modifyOrder: { quantity, touch_count: seen.touch_count, ...(comment ? { comment } : {}) },
          }).unwrap();
        setOutcome({ kind: "ANSWERED", result: await sendSafely(send) });
      } catch (error) {
        if (!isOutcomeUnknown(error)) setOutcome({ kind: "REFUSED", error });
        else {
          setOutcome({ kind: "LOOKING" });
          setOutcome(await lookUp(seen, quantity));
        }
      } finally {
        setBusy(false);
      }
    },
    [modifyOrder, lookUp],
  );
  const forget = useCallback(() => setOutcome(null), []);
  return { modify, busy, outcome, forget };
}
