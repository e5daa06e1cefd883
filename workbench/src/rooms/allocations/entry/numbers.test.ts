import { readDate } from "../../../kit/dates";
import { distanceText, priceDistance, readPercent, readPrice, weekday } from "./numbers";

test.each([
  ["98.5", 98.5],
  [" 100 ", 100],
  [".5", 0.5],
  ["1000", 1_000],
])("price %s", (text, value) => {
  expect(readPrice(text)).toEqual({ kind: "VALUE", value });
});

test.each(["98,5", "-98", "99-16", "abc", "0", "1000.1", "1e2", "98.5.1"])("price %s is refused", (text) => {
  expect(readPrice(text)).toMatchObject({ kind: "FAULT" });
});

test.each([
  ["5", 0.05],
  ["5 %", 0.05],
  ["0.07%", 0.0007],
  ["7", 0.07],
  ["100", 1],
])("%s of NAV", (text, value) => {
  expect(readPercent(text)).toEqual({ kind: "VALUE", value });
});

test.each(["0", "100.1", "-1", "5mm", "0,5", "5 % %"])("%s of NAV is refused", (text) => {
  expect(readPercent(text)).toMatchObject({ kind: "FAULT" });
});

test("nothing typed is nothing", () => {
  expect(readPrice(" ")).toEqual({ kind: "EMPTY" });
  expect(readPercent("")).toEqual({ kind: "EMPTY" });
});

test("a price's distance from the market, in points and per cent", () => {
  expect(priceDistance(101, 100)).toEqual({ points: 1, fraction: 0.01 });
  expect(distanceText(101, 100)).toBe("+1.000 (+1.00 %) from the market's 100.000");
  expect(distanceText(98.5, 100)).toBe("-1.500 (-1.50 %) from the market's 100.000");
});

test.each([
  ["2026-12-01", "Tuesday"],
  ["2028-02-29", "Tuesday"],
])("%s is a %s", (text, day) => {
  const date = readDate(text);
  expect(date && weekday(date)).toBe(day);
});

test.each(["2026-02-29", "2026-13-01", "01.12.2026", "2026-12", "2026-12-1", ""])("%s is no date", (text) => {
  expect(readDate(text)).toBeNull();
});
