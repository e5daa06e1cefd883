import {
  echoOfWeight,
  equalShares,
  percentText,
  sharesOf,
  sumsToWhole,
  sumText,
  weightRows,
} from "./weights";

test("equal weights sum to 100 % in steps of 0.0001 %, the earlier accounts getting the last", () => {
  expect(equalShares(["A", "B", "C"])).toEqual({ A: 33.3334, B: 33.3333, C: 33.3333 });
});

test("weights by NAV leave out accounts without one", () => {
  expect(sharesOf({ A: 100, B: 150, C: 0, D: 80, E: 50 })).toEqual({
    A: 26.3158,
    B: 39.4737,
    D: 21.0526,
    E: 13.1579,
  });
});

test("a thousand equal weights sum to 100 % to the last step", () => {
  const shares = Object.values(equalShares(Array.from({ length: 1000 }, (_, i) => `A${i}`)));
  expect(shares.reduce((all, share) => all + Math.round(share * 10_000), 0)).toBe(1_000_000);
});

test.each([
  [{}, false, "No weights yet: 100 % is to be given.", false],
  [{ A: 25, B: 71.5 }, false, "Sum 96.50 % over 2 accounts: 3.50 % missing to 100 %.", false],
  [{ A: 104 }, false, "Sum 104.00 % over 1 account: 4.00 % more than 100 %.", false],
  [{ A: 33.3333, B: 33.3333, C: 33.3333 }, false, "Sum 100 % over 3 accounts.", true],
  [{ A: 0.1, B: 0.2, C: 99.7 }, false, "Sum 100 % over 3 accounts.", true],
  [{ A: 60, B: 50 }, true, "Sum 110.00 over 2 accounts, scaled to 100 %.", true],
  [{ A: 0 }, true, "The sum over 1 account is 0: at least one weight above 0 is needed.", false],
])("sum of %j, scaled: %s", (shares, normalize, words, whole) => {
  const amounts = weightRows(shares as Record<string, number>);
  expect(sumText(amounts, normalize)).toBe(words);
  expect(sumsToWhole(amounts, normalize)).toBe(whole);
});

test("a weight below 1 % is echoed, since a fraction may have been meant", () => {
  expect(echoOfWeight("PPR-001", 0.25)).toBe("PPR-001: 0.25 was read as 0.25 %. For 25.00 % type 25.00.");
  expect(echoOfWeight("PPR-001", 25)).toBeNull();
});

test("percentages have two to six decimals", () => {
  expect(percentText(12.5)).toBe("12.50 %");
  expect(percentText(3.225806)).toBe("3.225806 %");
  expect(percentText(null)).toBe("–");
});
