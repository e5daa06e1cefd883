import { type QuantityRules, quantityFault, readQuantity, settledQuantity } from "./quantity";

const MILLION: QuantityRules = { m: "MILLION" };

test.each([
  ["250k", 250_000],
  ["250K", 250_000],
  ["5mm", 5_000_000],
  ["5MM", 5_000_000],
  ["5mio", 5_000_000],
  ["5 Mio", 5_000_000],
  ["1.5mm", 1_500_000],
  ["1.1mm", 1_100_000],
  ["0.07mm", 70_000],
  [".5mm", 500_000],
  ["1,500,000", 1_500_000],
  ["1500000", 1_500_000],
  ["  1500000 ", 1_500_000],
  ["1,000", 1_000],
  ["1000", 1_000],
  ["1b", 1_000_000_000],
  ["1bn", 1_000_000_000],
  ["1.25BN", 1_250_000_000],
  ["1,250mm", 1_250_000_000],
  ["0005mm", 5_000_000],
  ["5.000mm", 5_000_000],
  ["1.234567mm", 1_234_567],
  ["0.0000001bn", 100],
])("%s is %s", (text, value) => {
  expect(readQuantity(text, MILLION)).toEqual({ kind: "VALUE", value });
});

test("m is what the desk says, and nothing before that is known", () => {
  expect(readQuantity("5m", { m: "MILLION" })).toEqual({ kind: "VALUE", value: 5_000_000 });
  expect(readQuantity("5M", { m: "THOUSAND" })).toEqual({ kind: "VALUE", value: 5_000 });
  expect(readQuantity("5mm", { m: "THOUSAND" })).toEqual({ kind: "VALUE", value: 5_000_000 });
  expect(readQuantity("5m", { m: null })).toMatchObject({ kind: "FAULT", fault: "UNIT_NOT_KNOWN_YET" });
});

test.each([
  ["5", 5, 5_000_000],
  ["2.5", 2.5, 2_500_000],
  ["999", 999, 999_000_000],
])("a bare %s is asked", (text, small, large) => {
  expect(readQuantity(text, MILLION)).toEqual({ kind: "ASK", small, large });
});

test.each([
  ["-5mm", "NEGATIVE"],
  ["−5mm", "NEGATIVE"],
  ["(5,000,000)", "NEGATIVE"],
  ["5mmk", "TWO_UNITS"],
  ["5kk", "TWO_UNITS"],
  ["5mm 3k", "TWO_UNITS"],
  ["5k5", "TWO_UNITS"],
  ["5 k mm", "TWO_UNITS"],
  ["5mb", "TWO_UNITS"],
  ["5x", "UNKNOWN_UNIT"],
  ["5mln", "UNKNOWN_UNIT"],
  ["5e", "UNKNOWN_UNIT"],
  ["1e6", "TWO_UNITS"],
  ["1,5mm", "DECIMAL_COMMA"],
  ["1.500.000", "DECIMAL_COMMA"],
  ["1.500,25", "DECIMAL_COMMA"],
  ["1,5000", "DECIMAL_COMMA"],
  ["1,50,000", "MISPLACED_COMMAS"],
  ["1000,000", "MISPLACED_COMMAS"],
  [",5", "MISPLACED_COMMAS"],
  ["1.2.3", "NOT_A_NUMBER"],
  ["abc", "NOT_A_NUMBER"],
  ["mm", "NOT_A_NUMBER"],
  ["$5mm", "NOT_A_NUMBER"],
  ["+5mm", "NOT_A_NUMBER"],
  ["5%", "NOT_A_NUMBER"],
  ["1 500 000", "NOT_A_NUMBER"],
  ["0x10", "TWO_UNITS"],
  [".", "NOT_A_NUMBER"],
  ["5mm!", "NOT_A_NUMBER"],
  ["٥mm", "NOT_A_NUMBER"],
  ["1.2345678mm", "FRACTION"],
  ["0", "ZERO"],
  ["0mm", "ZERO"],
  ["12345678901234567", "TOO_MANY_DIGITS"],
  ["1.123456789123456789mm", "TOO_MANY_DIGITS"],
])("%s is refused: %s", (text, code) => {
  expect(readQuantity(text, MILLION)).toMatchObject({ kind: "FAULT", fault: code });
});

test.each([
  ["1.0005mm", { increment: 1_000 }, "OFF_INCREMENT", "This is no multiple of 1,000, the step of this bond."],
  ["1k", { minimum: 2_000 }, "BELOW_MINIMUM", "The smallest piece is 2,000."],
  ["251mm", { maximum: 250_000_000 }, "ABOVE_MAXIMUM", "No more than 250,000,000 is possible."],
  ["1,000.255", { decimals: 2 }, "FRACTION", "No more than 2 decimals are possible."],
] as const)("%s against the bond and the desk", (text, rules, fault, message) => {
  expect(readQuantity(text, { ...MILLION, ...rules })).toEqual({ kind: "FAULT", fault, message });
});

test("an answered question stands as long as its text does, and the rules hold for the answer, too", () => {
  expect(settledQuantity("5", 5, MILLION)).toEqual({ kind: "VALUE", value: 5 });
  expect(settledQuantity("5", 5_000_000, MILLION)).toEqual({ kind: "VALUE", value: 5_000_000 });
  expect(settledQuantity("5", null, MILLION)).toMatchObject({ kind: "ASK" });
  expect(settledQuantity("50", 5, MILLION)).toMatchObject({ kind: "ASK", small: 50 });
  expect(settledQuantity("5", 5, { ...MILLION, minimum: 1_000 })).toMatchObject({ fault: "BELOW_MINIMUM" });
  expect(settledQuantity("5mm", 7, MILLION)).toEqual({ kind: "VALUE", value: 5_000_000 });
});

test("what the rules allow is taken", () => {
  expect(readQuantity("0", { ...MILLION, zero: true })).toEqual({ kind: "VALUE", value: 0 });
  expect(readQuantity("1,000.25", { ...MILLION, decimals: 2 })).toEqual({ kind: "VALUE", value: 1_000.25 });
  expect(readQuantity("250mm", { ...MILLION, maximum: 250_000_000 })).toEqual({
    kind: "VALUE",
    value: 250_000_000,
  });
  expect(quantityFault(3_000, { ...MILLION, minimum: 2_000, increment: 1_000, maximum: null })).toBeNull();
  expect(readQuantity("   ", MILLION)).toEqual({ kind: "EMPTY" });
});
