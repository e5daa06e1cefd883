import { statedWeights, weightsText } from "./statedWeights";

test("typed and pasted lines", () => {
  expect(statedWeights("PPR-001\t0.25\nPPR-002  3\n\nPPR-003,1")).toMatchObject({
    weights: { "PPR-001": 0.25, "PPR-002": 3 },
    problems: ["Line 3: an account and a weight are expected."],
  });
  expect(statedWeights("PPR-001 1\nPPR-002 2").weights).toEqual({ "PPR-001": 1, "PPR-002": 2 });
  expect(statedWeights("")).toEqual({ weights: {}, problems: [] });
});

test("every line at fault is named", () => {
  expect(statedWeights("A\t1\nB\tx\nC\t-1\nA\t2\nD\t0").problems).toEqual([
    "Line 2: the weight of B must be a number above 0.",
    "Line 3: the weight of C must be a number above 0.",
    "Line 4: A has a weight already.",
    "Line 5: the weight of D must be a number above 0.",
  ]);
});

test("there and back", () => {
  expect(statedWeights(weightsText({ A: 0.5, B: 2 })).weights).toEqual({ A: 0.5, B: 2 });
});
