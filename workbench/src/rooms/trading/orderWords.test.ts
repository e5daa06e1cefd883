import { filledShare, filledWords, lostChange, statusWords, totalsWords } from "./orderWords";

test("the filled share is a fraction of the present face, and not known where Aladdin does not say", () => {
  expect(filledShare({ quantity: 1_000_000, filled_quantity: 250_000 })).toBe(0.25);
  expect(filledShare({ quantity: 1_000_000, filled_quantity: 1_200_000 })).toBe(1);
  expect(filledShare({ quantity: 0, filled_quantity: 0 })).toBe(0);
  expect(filledShare({ quantity: 1_000_000, filled_quantity: null })).toBeNull();
});

test("filled in words", () => {
  expect(filledWords({ quantity: 1_500_000, filled_quantity: 500_000 })).toBe("500,000 (33%)");
  expect(filledWords({ quantity: 1_000_000, filled_quantity: 999_999 })).toBe("999,999 (99%)");
  expect(filledWords({ quantity: 1_000_000, filled_quantity: 290_000 })).toBe("290,000 (29%)");
  expect(filledWords({ quantity: 1_500_000, filled_quantity: null })).toBe("not known");
});

test("an order that Aladdin does not show says so; other words are Aladdin's", () => {
  expect(statusWords("UNREPORTED")).toBe("Not shown by Aladdin");
  expect(statusWords("Compl Pending")).toBe("Compliance pending");
  expect(statusWords("Active at Desk 4")).toBe("Active at Desk 4");
});

test("totals count orders, and say what is different", () => {
  const order = (allocation_state: "PROVISIONAL" | "OF_RECORD" | "DIFFERENT") =>
    ({ allocation_state }) as Parameters<typeof totalsWords>[0][number];
  expect(totalsWords([order("PROVISIONAL")])).toBe("1 order, 1 working");
  expect(totalsWords([order("OF_RECORD"), order("DIFFERENT"), order("PROVISIONAL")])).toBe(
    "3 orders, 1 working, 1 different from Aladdin's booking",
  );
});

test("what became of a change whose answer was lost", () => {
  const before = { quantity: 1_000_000, touch_count: 3 };
  expect(lostChange(before, 800_000, { quantity: 800_000, touch_count: 4 })).toBe("DONE");
  expect(lostChange(before, 800_000, { quantity: 1_000_000, touch_count: 3 })).toBe("UNCHANGED");
  expect(lostChange(before, 800_000, { quantity: 900_000, touch_count: 4 })).toBe("OTHERWISE");
  expect(lostChange(before, 800_000, { quantity: 1_000_000, touch_count: 4 })).toBe("OTHERWISE");
});
