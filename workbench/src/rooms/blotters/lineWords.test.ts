import { checkedInWords, fileFaultInWords, placedInWords } from "./lineWords";

test.each([
  ["file.7.quantity", "Row 7, Face: Not a valid number."],
  ["file.7", "Row 7: Not a valid number."],
  ["file.1.quantty", "Row 1, quantty: Not a valid number."],
  ["file", "Not a valid number."],
  ["sales_fund_buys", "sales_fund_buys: Not a valid number."],
])("%s", (field, words) => {
  expect(fileFaultInWords(field, "Not a valid number.")).toBe(words);
});

test("what a check and a paste did", () => {
  expect(checkedInWords(1, 0)).toBe("1 line is good.");
  expect(checkedInWords(1_200, 0)).toBe("All 1,200 lines are good.");
  expect(checkedInWords(3, 2)).toBe("2 errors. Nothing was sent.");
  expect(placedInWords({ lines: [], count: 1 })).toBe("1 row taken.");
  expect(placedInWords({ unknown: ["quantty"] })).toBe(
    "Nothing was taken: there is no column for quantty. The template has the columns.",
  );
  expect(placedInWords({ tooMany: 10_001 })).toBe(
    "Nothing was taken: a blotter has at most 10,000 lines, and these would be 10,001.",
  );
});
