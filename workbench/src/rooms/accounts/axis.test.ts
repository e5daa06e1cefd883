import { axisTicks } from "./axis";

test.each([
  ["around zero", [-0.67, 0.28], [-0.8, -0.6, -0.4, -0.2, 0, 0.2, 0.4]],
  ["zero is always there", [0.9, 1.4], [0, 0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4]],
  [
    "large numbers",
    [2_400_000, -900_000],
    [-1_000_000, -500_000, 0, 500_000, 1_000_000, 1_500_000, 2_000_000, 2_500_000],
  ],
  ["nothing", [], [0]],
])("marks: %s", (_case, values, ticks) => {
  expect(axisTicks(values)).toEqual(ticks);
});
