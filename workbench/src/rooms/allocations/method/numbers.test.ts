import { readAmount, readTyped, toFraction, toPercent } from "./numbers";

test.each([
  ["25", 25],
  ["25 %", 25],
  ["25%", 25],
  ["0.25", 0.25],
  [".5", 0.5],
  ["12,5 %", 12.5],
  ["0,125", 0.125],
  ["1.5E-01", 0.15],
  ["", null],
])("per cent of %j is %s", (text, value) => {
  expect(readAmount(text, "percent")).toEqual({ value });
});

test.each([
  ["1,500,000", 1_500_000],
  ["1,500", 1_500],
  ["1.500.000,00", 1_500_000],
  ["1 500 000", 1_500_000],
  ["1'500'000", 1_500_000],
  ["$ 2,000.50", 2000.5],
  ["5mm", 5_000_000],
  ["250k", 250_000],
])("money of %j is %s", (text, value) => {
  expect(readAmount(text, "money")).toEqual({ value });
});

test.each([
  ["12,345", "percent", "12,345 may be 12.345 or 12345: write it without a comma."],
  ["abc", "percent", '"abc" is not a number.'],
  ["-5", "percent", "-5 is negative: 0 or more is expected."],
  ["(5)", "face", "(5) is negative: 0 or more is expected."],
  ["25 %", "parts", "25 % is a percentage, and a number is expected."],
  ["0", "rank", "A whole number from 1 on is expected."],
  ["0.234", "face", "Face has at most two decimals."],
  ["1.500", "face", "1.500 may be 1500 or 1.5: write it without a point."],
  ["250.000", "money", "250.000 may be 250000 or 250: write it without a point."],
  ["25 30", "percent", '"25 30" is not a number.'],
  ["5 0000", "face", '"5 0000" is not a number.'],
  ["=A1", "face", '"=A1" is not a number.'],
] as const)("%j as %s is refused", (text, kind, message) => {
  expect(readAmount(text, kind)).toEqual({ message });
});

test("a small bare number that is typed is asked, one of a spreadsheet is what it says", () => {
  expect(readTyped("5", "face", "MILLION")).toEqual({
    message: "5 or 5,000,000? Type 5mm, or 0.005k.",
  });
  expect(readTyped("5m", "face", "MILLION")).toEqual({ value: 5_000_000 });
  expect(readTyped("0", "face", "MILLION")).toEqual({ value: 0 });
  expect(readAmount("5", "face")).toEqual({ value: 5 });
});

test("per cent and fractions have no dust of binary numbers", () => {
  expect(toFraction(1.1)).toBe(0.011);
  expect(toPercent(0.57)).toBe(57);
});
