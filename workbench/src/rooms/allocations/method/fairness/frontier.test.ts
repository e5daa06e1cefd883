import type { FrontierPoint } from "../../../../api/generated/api";
import { balanceOwner, costText, nearestStep, stepOf, stepsOf } from "./frontier";

function point(
  weight: number | null,
  deviation: number,
  cost: number | null,
  quantity: number,
): FrontierPoint {
  return {
    fairness_weight: weight,
    post_trade_std_dev: deviation,
    dispersion_cost: cost,
    greatest_after: { account_id: "PPR-003", quantity, pieces: quantity / 100_000 },
  };
}

const LEAST = point(0, 0.1973, 0, -420_000);
const POINTS = [
  LEAST,
  point(0.1, 0.1973, 0, -420_000),
  point(1, 0.198878, 0.008, 110_000),
  point(3, 0.21, 0.064, 110_000),
];

test("weights with the same split are one step", () => {
  expect(stepsOf(POINTS).map(({ fairness_weight }) => fairness_weight)).toEqual([0, 1, 3]);
});

test("a weight between two steps has the split of the lower one", () => {
  const steps = stepsOf(POINTS);
  expect([0, 0.5, 1, 100].map((weight) => stepOf(steps, weight))).toEqual([0, 0, 1, 2]);
  expect(stepOf(steps, null)).toBe(-1);
});

test("a point off the curve lies at the nearest step", () => {
  expect(nearestStep(stepsOf(POINTS), point(null, 0.1995, 0.011, 80_000))).toBe(1);
  expect(nearestStep(stepsOf(POINTS), point(null, 0.5, 1.5, 0))).toBe(2);
});

test("a point says what it costs and what the greatest balance becomes", () => {
  expect(costText(POINTS[2] as FrontierPoint, LEAST)).toBe(
    "0.80% more dispersion; the greatest balance falls from 4.2 to 1.1 pieces.",
  );
  expect(costText(LEAST, LEAST)).toBe("The least dispersion; the greatest balance is 4.2 pieces.");
  expect(costText(point(2, 0.2, null, 420_000), LEAST)).toBe(
    "A cost that is not known; the greatest balance stays at 4.2 pieces.",
  );
});

test("the greatest balance names its account and which way it lies", () => {
  expect(balanceOwner(LEAST.greatest_after)).toBe("PPR-003 has then had 420,000 face too much.");
  expect(balanceOwner((POINTS[2] as FrontierPoint).greatest_after)).toBe(
    "PPR-003 is then owed 110,000 face.",
  );
  expect(balanceOwner(null)).toBeNull();
});
