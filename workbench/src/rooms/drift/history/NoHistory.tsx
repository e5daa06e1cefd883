import { Empty } from "../../../kit/states";
import { CheckButton } from "./CheckNow";
import type { Check } from "./useCheck";

/** Instead of a history that has not begun. */
export function NoHistory({ id, check }: { id: string; check: Check }) {
  return (
    <Empty
      title={`Drift of ${id} has not been checked yet`}
      action={<CheckButton check={check} variant="contained" />}
    >
      The first check comes by itself at the end of a business day, at the time that the desk has set, once
      targets are in force. {check.may && "A check now is kept as well, and measures all that you may see."}
    </Empty>
  );
}
