import { type InferType, number, object, string } from "yup";
import type { FairnessPolicy, PutPolicy } from "../../api/generated/api";
import type { PolicyTerms } from "./policyWords";
import { statedWeights, weightsText } from "./statedWeights";

const MAX_HALF_LIFE_DAYS = 3660;
const MAX_STATEMENT = 4000;
const emptyIsNull = (value: number, typed: unknown) => (typed === "" ? null : value);

/** The form of a new version: what each field must be, and what they must be together. */
export const policySchema = object({
  mode: string()
    .oneOf(["PER_ORDER", "LEDGER"] as const)
    .required(),
  weights: string()
    .oneOf(["NAV", "EQUAL", "STATED"] as const)
    .required(),
  stated: string()
    .defined()
    .when("weights", ([weights], field) =>
      weights === "STATED"
        ? field.test("weights", (text, { createError }) => {
            const found = statedWeights(text);
            if (found.problems.length > 0) return createError({ message: found.problems.join(" ") });
            return (
              Object.keys(found.weights).length > 0 ||
              createError({ message: "Give a weight to at least one account, a line for each." })
            );
          })
        : field,
    ),
  scope: string()
    .oneOf(["GROUP", "SECTOR"] as const)
    .required(),
  carry: string()
    .oneOf(["YEARLY_RESET", "HALF_LIFE"] as const)
    .required(),
  half_life_days: number()
    .transform(emptyIsNull)
    .nullable()
    .defined()
    .typeError("Give a number of days.")
    .when("carry", ([carry], field) =>
      carry === "HALF_LIFE"
        ? field
            .nonNullable("Give the days in which a balance halves.")
            .integer("Give whole days.")
            .min(1, "At least 1 day.")
            .max(MAX_HALF_LIFE_DAYS, `At most ${MAX_HALF_LIFE_DAYS} days.`)
        : field,
    ),
  fairness_weight: number()
    .transform(emptyIsNull)
    .nullable()
    .defined()
    .typeError("Give a number, or leave it empty.")
    .min(0, "At least 0."),
  statement: string()
    .trim()
    .required("State the policy in words, for an examiner.")
    .max(MAX_STATEMENT, `At most ${MAX_STATEMENT} characters.`),
});

export type PolicyValues = InferType<typeof policySchema>;

export function valuesOf(policy: FairnessPolicy): PolicyValues {
  return {
    mode: policy.mode,
    weights: policy.weights,
    stated: weightsText(policy.stated_weights),
    scope: policy.scope,
    carry: policy.carry,
    half_life_days: policy.half_life_days,
    fairness_weight: policy.fairness_weight,
    statement: policy.version === 0 ? "" : policy.statement,
  };
}

/** What the form says at this moment, for the preview of changes; what does not hold yet counts as not stated. */
export function termsOf(values: PolicyValues): PolicyTerms {
  const numeric = (value: unknown) =>
    value === "" || value === null || !Number.isFinite(Number(value)) ? null : Number(value);
  return {
    mode: values.mode,
    weights: values.weights,
    stated_weights: values.weights === "STATED" ? statedWeights(values.stated).weights : {},
    scope: values.scope,
    carry: values.carry,
    half_life_days: values.carry === "HALF_LIFE" ? numeric(values.half_life_days) : null,
    fairness_weight: numeric(values.fairness_weight),
  };
}

/** The request: in the place of the version that the user has read. */
export function putPolicy(values: PolicyValues, version: number): PutPolicy {
  return { ...termsOf(values), version, statement: values.statement.trim() };
}
