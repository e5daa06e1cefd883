import type { ProposedAccount, ProposedClass } from "../../api/generated/api";
import { bandsOf, changeWords, classesOf, dimensionsOf, pictured, standing } from "./outcome";

const GOVT: ProposedClass = {
  target_set_id: "t",
  target_version: 1,
  dimension: "SECTOR",
  key: "GOVT",
  before: 59.1,
  after: 54.999445,
  target: 50,
  low: 45,
  high: 55,
  trade: -4100555,
  outcome: "BACK",
  explanation: "",
};
const DURATION: ProposedClass = {
  ...GOVT,
  dimension: "METRIC",
  key: "DURATION",
  before: 5,
  after: 5,
  target: 5,
  low: 4,
  high: 6,
};

function account(more: Partial<ProposedAccount> = {}): ProposedAccount {
  return { is_back_before: false, is_back: true, classes: [GOVT, DURATION], ...more } as ProposedAccount;
}

test("the distance from a target is told in bands, by the edge on its side", () => {
  expect(bandsOf(59.1, GOVT)).toBeCloseTo(1.82);
  expect(bandsOf(42.5, { ...GOVT, low: 40 })).toBeCloseTo(-0.75);
  expect(bandsOf(0.25, { target: 0, low: 0, high: 0 })).toBeGreaterThan(1000);
});

test("a class is told before and after, with a sign while it is out of band", () => {
  expect(changeWords(GOVT)).toBe("59.10 * → 55.00");
  expect(changeWords({ ...GOVT, after: 56 })).toBe("59.10 * → 56.00 *");
  expect(changeWords(DURATION)).toBe("5.0000");
});

test("classes are gathered by dimension", () => {
  expect(dimensionsOf([account()])).toEqual(["SECTOR", "METRIC"]);
  expect(classesOf([account(), account()], "SECTOR")).toEqual(["GOVT"]);
});

test("what becomes of an account has its own words and sign", () => {
  expect(standing(account())).toBe("✓ Comes back");
  expect(standing(account({ is_back: false }))).toBe("✕ Stays out");
  expect(standing(account({ is_back_before: true }))).toBe("Within its bands, as before");
  expect(standing(account({ is_back_before: true, is_back: false }))).toBe("✕ Leaves its bands");
});

test("a picture has both shares, and a band that does not begin below 0", () => {
  expect(pictured([{ ...GOVT, low: -2, after: 57 }])).toEqual([
    { name: "GOVT", before: 59.1, current: 57, target: 50, band: [0, 55], isOut: true },
  ]);
});
