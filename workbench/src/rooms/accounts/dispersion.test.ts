import { dispersionOf, dispersionWords } from "./dispersion";

const of = (account_id: string, active_spread_duration: number | null) => ({
  account_id,
  active_spread_duration,
});

test("mean, standard deviation of the population, and both ends", () => {
  // Mean 0; squares 0.16, 0, 0.16 are 0.32 / 3 = 0.106667, its root 0.326599.
  const found = dispersionOf([of("A", -0.4), of("B", 0), of("C", 0.4), of("D", null)]);
  expect(found).toMatchObject({
    known: 3,
    unknown: 1,
    least: { accountId: "A", value: -0.4 },
    most: { accountId: "C", value: 0.4 },
  });
  expect(found?.mean).toBeCloseTo(0, 12);
  expect(found?.standardDeviation).toBeCloseTo(0.326599, 6);
  expect(dispersionWords(found)).toBe(
    "Active spread duration of 3 accounts: from -0.4000 (A) to +0.4000 years (C), mean 0.0000, " +
      "standard deviation 0.3266 years, each account counted alike. " +
      "Left out, because their spread duration is not known: 1.",
  );
});

test.each([[[]], [[of("A", 1)]], [[of("A", 1), of("B", null)]]])("too few are no dispersion", (accounts) => {
  expect(dispersionOf(accounts)).toBeNull();
  expect(dispersionWords(null)).toBe(
    "Dispersion needs at least two accounts whose spread duration is known.",
  );
});
