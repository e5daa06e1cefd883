import type { Adjustment, Allocation, EditCost, Optimality, TargetMetric } from "../../../api/generated/api";
import { count, face, metric, percent, signed, words } from "../../../kit/format";
import { METRIC_NAME, METRIC_UNIT } from "./metrics";

/** What the dispersion became: "Dispersion of duration falls from 0.2586 to 0.1973 years, 23.70 % less." */
export function dispersionInWords(allocation: Allocation): string {
  const {
    target_metric: target,
    pre_trade_std_dev: before,
    post_trade_std_dev: after,
    improvement,
  } = allocation.summary.dispersion_metrics;
  const name = `Dispersion of ${METRIC_NAME[target]}`;
  const unit = METRIC_UNIT[target];
  if (metric(before) === metric(after)) return `${name} stays at ${metric(after)} ${unit}.`;
  const change = after < before ? "falls" : "rises";
  const by = `${percent(Math.abs(improvement))} ${after < before ? "less" : "more"}`;
  return `${name} ${change} from ${metric(before)} to ${metric(after)} ${unit}${improvement === 0 ? "" : `, ${by}`}.`;
}

/** What is proved of the split, in words; of a method that minimises nothing, what it does instead. */
export function proofInWords(allocation: Allocation): string {
  const { optimality, dispersion_metrics: dispersion } = allocation.summary;
  if (!optimality) return unprovedInWords(allocation);
  const sentences = [proved(optimality, dispersion.post_trade_std_dev, dispersion.target_metric)];
  const fixed = Object.keys(allocation.adjustment?.fixed ?? {}).length;
  if (fixed > 0)
    sentences.push(
      `The proof is of the rest, beside ${fixed === 1 ? "1 fixed account" : `${fixed} fixed accounts`}.`,
    );
  if (allocation.parameters.tiers.length > 0)
    sentences.push("Each tier is proved by itself: the figures are the last tier's.");
  return sentences.join(" ");
}

function unprovedInWords({ allocation_method: method, parameters }: Allocation): string {
  const nothing = "Nothing is minimised, so nothing is proved of its dispersion.";
  if (method === "PRO_RATA") {
    const base = parameters.base_metric === "NAV" ? "NAV" : words(parameters.base_metric).toLowerCase();
    return parameters.base_metric === "EQUAL"
      ? `Pro-rata gives equal shares. ${nothing}`
      : `Pro-rata gives shares in proportion to ${base}. ${nothing}`;
  }
  if (method === "CUSTOM_WEIGHTS")
    return parameters.allocations.length > 0
      ? `The amounts are as stated. ${nothing}`
      : `The weights are as stated. ${nothing}`;
  return "No proof is stored of this split.";
}

function proved(optimality: Optimality, spread: number, target: TargetMetric): string {
  const unit = METRIC_UNIT[target];
  const { status, lower_bound_std_dev: bound, gap, reason, objective_std_dev: objective } = optimality;
  if (status === "FALLBACK")
    return `The solver gave no answer, so the order is split pro-rata${reason ? `: ${reason.replace(/\.$/, "")}` : ""}. Nothing is proved.`;
  const owed = objective !== null && metric(objective) !== metric(spread);
  const value = metric(owed ? objective : spread);
  if (bound === null)
    return `This split keeps every limit at ${value} ${unit}; how far it is from the best is not known.`;
  const first = owed
    ? `Dispersion and what accounts are owed together: no split of these lots is below ${metric(bound)} ${unit}; this one is ${value} ${unit}`
    : `No split of these lots is closer than ${metric(bound)} ${unit}; this one is ${value} ${unit}`;
  if (status === "OPTIMAL" || gap === null) return `${first}.`;
  return `${first}, at most ${percent(gap)} from the best.`;
}

/** What the ledger of entitlements did to the split; null in previews from before the ledger. */
export function fairnessInWords(allocation: Allocation): string | null {
  const fairness = allocation.summary.fairness;
  if (!fairness) return null;
  if (fairness.effect === "RECORDED")
    return "Split by itself: the fairness ledger records it and did not steer it.";
  if (fairness.effect === "NOTHING_OWED") return "By the fairness ledger: no account is owed anything.";
  const { least_std_dev: least, dispersion_cost: cost } = fairness;
  const { target_metric: target } = allocation.summary.dispersion_metrics;
  const price =
    least === null
      ? ""
      : ` The least dispersion is ${metric(least)} ${METRIC_UNIT[target]}${cost === null ? "" : `; what is owed costs ${percent(cost)}`}.`;
  return `By the fairness ledger: shares follow what accounts are owed.${price}`;
}

/** Why face stays unallocated: the warning of the whole order says it (R9.4). Null where nothing stays. */
export function unallocatedInWords({ summary, warnings, allocation_method }: Allocation): string | null {
  if (summary.unallocated <= 0) return null;
  const whole = warnings.find(
    (warning) => warning.account_id === null && warning.details.source !== "ALADDIN",
  );
  if (whole) return whole.message;
  const left = `${face(summary.unallocated)} face stay unallocated`;
  return allocation_method === "CUSTOM_WEIGHTS"
    ? `${left}: the stated parts leave it.`
    : `${left}: the accounts cannot take it within their limits.`;
}

/** What the edits of a preview cost, against the least dispersion that the limits allow without them (R10.11). */
export function costInWords(cost: EditCost, target: TargetMetric): string {
  const unit = METRIC_UNIT[target];
  const relative = cost.relative === null ? "" : ` (${signed(percent, cost.relative)})`;
  const first =
    metric(cost.absolute) === metric(0)
      ? `Your edits cost nothing: the dispersion is ${metric(cost.post_trade_std_dev)} ${unit}, as without them.`
      : `Your edits cost ${metric(cost.absolute)} ${unit} of dispersion${relative}: ${metric(cost.post_trade_std_dev)} instead of ${metric(cost.least_std_dev)}.`;
  if (cost.total_difference === 0) return first;
  const more = cost.total_difference > 0 ? "more" : "less";
  return `${first} They place ${face(Math.abs(cost.total_difference))} ${more} face, so the two do not compare directly.`;
}

/** What the last edit changed: "3 accounts changed; 1 is fixed." */
export function movedInWords({ moved, fixed }: Adjustment): string {
  const fixedCount = Object.keys(fixed).length;
  const changed = moved.length === 1 ? "1 account changed" : `${count(moved.length)} accounts changed`;
  return `${changed}; ${fixedCount === 1 ? "1 is" : `${count(fixedCount)} are`} fixed.`;
}

/** The totals of the grid, read out where its pinned row is not. */
export function totalsInWords({ summary, allocations }: Allocation): string {
  return `Total of ${count(allocations.length)} accounts: ${face(summary.total_allocated)} face allocated to ${count(summary.accounts_allocated)}, ${count(summary.accounts_skipped)} skipped, ${face(summary.unallocated)} unallocated.`;
}
