import { noteServerTime, serverNow } from "./serverClock";

const NOON = Date.UTC(2026, 10, 29, 12, 0, 0);

test("the service's clock is taken where the machine's is wrong", () => {
  noteServerTime("Sun, 29 Nov 2026 12:00:00 GMT", NOON + 7_200_000);
  expect(serverNow(NOON + 7_200_000)).toBe(NOON);
  noteServerTime(null, NOON);
  noteServerTime("nonsense", NOON);
  expect(serverNow(NOON + 7_201_000)).toBe(NOON + 1_000);
  noteServerTime("Sun, 29 Nov 2026 12:00:00 GMT", NOON + 900);
  expect(serverNow(NOON + 900)).toBe(NOON + 900);
});
