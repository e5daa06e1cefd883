import { numberInWords } from "./numberWords";

test.each([
  [0, "zero"],
  [7, "seven"],
  [19, "nineteen"],
  [40, "forty"],
  [101, "one hundred one"],
  [2000, "two thousand"],
  [250_000, "two hundred fifty thousand"],
  [12_000_000, "twelve million"],
  [12_345_678, "twelve million three hundred forty-five thousand six hundred seventy-eight"],
  [1_000_000_000, "one billion"],
  [500.5, "five hundred and 50/100"],
])("%d in words", (value, words) => {
  expect(numberInWords(value)).toBe(words);
});
