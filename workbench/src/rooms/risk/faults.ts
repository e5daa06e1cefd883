import type { FaultKind } from "../../api/generated/api";

/** Why there is no number, in words. */
export const FAULTS: Record<FaultKind, string> = {
  REQUIRED: "It needs an input that there is none of.",
  SHAPE: "The inputs do not fit together.",
  TOO_FEW_ROWS: "There are too few returns.",
  TOO_MANY_ROWS: "There are too many returns.",
  TOO_MANY_ASSETS: "There are too many assets.",
  NOT_FINITE: "A number is not finite.",
  OVERFLOW: "The number is too large.",
  OUT_OF_RANGE: "A number is out of its range.",
  UNKNOWN_ASSET: "An asset is not known.",
  WEIGHTS_SUM: "The weights do not add up to 1.",
  ZERO_VARIANCE: "The returns do not vary.",
  TOTAL_LOSS: "All was lost.",
  UNDEFINED: "It is not defined for these returns.",
  NOT_SYMMETRIC: "The covariance is not symmetric.",
  NOT_POSITIVE_SEMIDEFINITE: "The covariance is not that of any returns.",
};
