import type { JointOutcome } from "../../api/generated/api";
import { face, metric, percent } from "../../kit/format";
import { METRIC_NAME, METRIC_UNIT } from "../allocations/view/metrics";

/** What the joint split saves against the lines one after another. */
export function savedInWords(joint: JointOutcome): string {
  const unit = METRIC_UNIT[joint.metric];
  const name = `Dispersion of ${METRIC_NAME[joint.metric]}`;
  const change = `${name}: ${metric(joint.std_dev_before)} before, ${metric(joint.std_dev)} ${unit} jointly, ${metric(joint.sequential_std_dev)} one after another`;
  if (metric(Math.abs(joint.saved_std_dev)) === metric(0)) return `${change}: the joint split saves nothing.`;
  const part =
    joint.sequential_std_dev > 0
      ? ` (${percent(Math.abs(joint.saved_std_dev) / joint.sequential_std_dev)})`
      : "";
  return joint.saved_std_dev > 0
    ? `${change}: the joint split saves ${metric(joint.saved_std_dev)} ${unit}${part}.`
    : `${change}: the joint split is ${metric(-joint.saved_std_dev)} ${unit}${part} more, since it places another amount.`;
}

export function unallocatedBothInWords({
  unallocated: left,
  sequential_unallocated: before,
}: JointOutcome): string {
  if (left === 0 && before === 0) return "All face is allocated either way.";
  return `Unallocated: ${face(left)} face jointly, ${face(before)} one after another.`;
}

/** What is proved of the joint split. */
export function jointProofInWords(joint: JointOutcome): string {
  const unit = METRIC_UNIT[joint.metric];
  const failed = joint.attempts.filter(({ accepted }) => !accepted).map(({ solver }) => solver);
  const chain = failed.length > 0 ? ` ${failed.join(", ")} gave no answer that was near enough.` : "";
  if (joint.status === "FALLBACK")
    return `No solver gave an answer, so nothing is proved of this split.${chain}`;
  const bound = `No split that places as much of each line is below ${metric(joint.lower_bound)} ${unit}`;
  const by = joint.solver === null ? "" : ` Solved by ${joint.solver}.`;
  return joint.status === "OPTIMAL"
    ? `${bound}: this one is the best.${by}${chain}`
    : `${bound}; this one is at most ${percent(joint.gap)} from the best.${by}${chain}`;
}
