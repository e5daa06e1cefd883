import type { JointOutcome } from "../../api/generated/api";
import { jointProofInWords, savedInWords, unallocatedBothInWords } from "./joint";

const JOINT: JointOutcome = {
  status: "WITHIN_GAP",
  metric: "ACTIVE_SPREAD_DURATION",
  std_dev_before: 0.52407,
  std_dev: 0.37023,
  sequential_std_dev: 0.41091,
  saved_std_dev: 0.04068,
  lower_bound: 0.37019,
  gap: 0.00011,
  unallocated: 0,
  sequential_unallocated: 1_500_000,
  solver: "PIQP",
  attempts: [{ solver: "PIQP", said: "PIQP_SOLVED", iterations: 14, gap: 2.1e-12, accepted: true }],
};

test("what the joint split saves", () => {
  expect(savedInWords(JOINT)).toBe(
    "Dispersion of active spread duration: 0.5241 before, 0.3702 years jointly, 0.4109 one after another: the joint split saves 0.0407 years (9.90%).",
  );
  expect(savedInWords({ ...JOINT, sequential_std_dev: 0.37025, saved_std_dev: 0.00002 })).toMatch(
    "the joint split saves nothing.",
  );
  expect(savedInWords({ ...JOINT, std_dev: 0.42, saved_std_dev: -0.00909 })).toMatch(
    "the joint split is 0.0091 years (2.21%) more, since it places another amount.",
  );
});

test("what stays either way", () => {
  expect(unallocatedBothInWords(JOINT)).toBe("Unallocated: 0 face jointly, 1,500,000 one after another.");
  expect(unallocatedBothInWords({ ...JOINT, sequential_unallocated: 0 })).toBe(
    "All face is allocated either way.",
  );
});

test("what is proved, and who solved it", () => {
  expect(jointProofInWords(JOINT)).toBe(
    "No split that places as much of each line is below 0.3702 years; this one is at most 0.01% from the best. Solved by PIQP.",
  );
  const attempts = [
    { solver: "PIQP", said: "PIQP_MAX_ITER_REACHED", iterations: 250, gap: null, accepted: false },
    { solver: "PIQP_CAUTIOUS", said: "PIQP_SOLVED", iterations: 31, gap: 1.4e-12, accepted: true },
  ] as const;
  expect(
    jointProofInWords({ ...JOINT, status: "OPTIMAL", solver: "PIQP_CAUTIOUS", attempts: [...attempts] }),
  ).toBe(
    "No split that places as much of each line is below 0.3702 years: this one is the best. Solved by PIQP_CAUTIOUS. PIQP gave no answer that was near enough.",
  );
  expect(jointProofInWords({ ...JOINT, status: "FALLBACK", solver: null, attempts: [] })).toBe(
    "No solver gave an answer, so nothing is proved of this split.",
  );
});
