import { equalPercents, readNumber, readShares, share, sumOf, weightsProblem } from "./weights";

test.each([1, 2, 3, 7, 20, 30, 49, 50])("equal weights of %i assets add up to 100 %%", (many) => {
  const assets = Array.from({ length: many }, (_, place) => `A${place}`);
  const percents = equalPercents(assets);
  const hundredths = Object.values(percents).map((text) => Math.round(Number(text) * 100));
  expect(hundredths.reduce((sum, each) => sum + each, 0)).toBe(10_000);
  expect(Math.max(...hundredths) - Math.min(...hundredths)).toBeLessThanOrEqual(1);
  expect(weightsProblem(assets, percents)).toBeUndefined();
});

test.each([
  ["60", 60],
  [" 12.5 ", 12.5],
  ["-5", -5],
  ["−5", -5],
  [".5", 0.5],
  ["", null],
  ["1e3", null],
  ["1,5", null],
  ["abc", null],
  ["Infinity", null],
])("%s is read as %s", (text, value) => {
  expect(readNumber(text)).toBe(value);
});

test("a part of 1 has no digits that nobody typed", () => {
  expect(share(0.07)).toBe(0.0007);
  expect(share(14.29)).toBe(0.1429);
});

test("what is no number is named, what is not typed is left out", () => {
  expect(readShares(["A", "B", "C"], { A: "60", B: "x" })).toEqual({ shares: { A: 0.6 }, wrong: ["B"] });
});

test("weights that do not add up say what they add up to", () => {
  expect(sumOf(["A", "B"], { A: "60", B: "39.5" })).toBe(99.5);
  expect(weightsProblem(["A", "B"], { A: "60", B: "39.5" })).toBe(
    "The weights add up to 99.5 %, not to 100 %.",
  );
  expect(weightsProblem(["A", "B"], { A: "60", B: "forty" })).toBe("Type a number of per cent for B.");
  expect(weightsProblem([], {})).toBe("Choose at least one asset.");
  expect(weightsProblem(["A", "B"], { A: "130", B: "-30" })).toBeUndefined();
});
