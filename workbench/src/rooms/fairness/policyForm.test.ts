import { ValidationError } from "yup";
import { type PolicyValues, policySchema, putPolicy, valuesOf } from "./policyForm";

const VALUES: PolicyValues = {
  mode: "LEDGER",
  weights: "NAV",
  stated: "",
  scope: "GROUP",
  carry: "YEARLY_RESET",
  half_life_days: null,
  fairness_weight: null,
  statement: "By NAV, carried.",
};

async function problems(values: object): Promise<Record<string, string>> {
  try {
    await policySchema.validate({ ...VALUES, ...values }, { abortEarly: false });
    return {};
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return Object.fromEntries(error.inner.map(({ path, message }) => [path ?? "", message]));
  }
}

test.each([
  ["as it is", {}, {}],
  ["fields that do not count", { stated: "rubbish", half_life_days: "" }, {}],
  ["no words", { statement: "  " }, { statement: "State the policy in words, for an examiner." }],
  [
    "all at once",
    { carry: "HALF_LIFE", half_life_days: "", weights: "STATED", stated: "", fairness_weight: -1 },
    {
      half_life_days: "Give the days in which a balance halves.",
      stated: "Give a weight to at least one account, a line for each.",
      fairness_weight: "At least 0.",
    },
  ],
  ["half days", { carry: "HALF_LIFE", half_life_days: "1.5" }, { half_life_days: "Give whole days." }],
  [
    "a line that is no weight",
    { weights: "STATED", stated: "A\tx" },
    { stated: "Line 1: the weight of A must be a number above 0." },
  ],
])("a version: %s", async (_case, values, found) => {
  expect(await problems(values)).toEqual(found);
});

test("only what the choices need is sent", () => {
  const typed = { ...VALUES, stated: "A\t1", half_life_days: 30, statement: " Words. " };
  expect(putPolicy(typed, 3)).toEqual({
    version: 3,
    mode: "LEDGER",
    weights: "NAV",
    stated_weights: {},
    scope: "GROUP",
    carry: "YEARLY_RESET",
    half_life_days: null,
    fairness_weight: null,
    statement: "Words.",
  });
  expect(putPolicy({ ...typed, weights: "STATED", carry: "HALF_LIFE" }, 3)).toMatchObject({
    stated_weights: { A: 1 },
    half_life_days: 30,
  });
});

test("the built-in statement is not taken for the desk's own", () => {
  const policy = {
    ...VALUES,
    policy_id: "default",
    version: 0,
    stated_weights: {},
    created_at: null,
    created_by: null,
  };
  expect(valuesOf(policy).statement).toBe("");
  expect(valuesOf({ ...policy, version: 2, stated_weights: { A: 1 } })).toMatchObject({
    statement: "By NAV, carried.",
    stated: "A\t1",
  });
});
