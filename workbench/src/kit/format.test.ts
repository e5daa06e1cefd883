import { face, points, signed } from "./format";

test.each([
  [1.234, "+1.23"],
  [-1.236, "-1.24"],
  [0, "0.00"],
  [0.004, "0.00"],
  [-0.004, "0.00"],
  [null, "–"],
])("a change of %s points is %s: what rounds to nothing has no sign", (value, words) => {
  expect(signed(points, value)).toBe(words);
});

test("a face keeps its minus", () => {
  expect(face(-1_000_000)).toBe("-1,000,000");
});
