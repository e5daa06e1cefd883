import { blockedWords, contentOf, parts, textFaults } from "./savedTarget";

const TEXTS = { cash: "", points: "", relative: "" };

function sum(content: ReturnType<typeof contentOf>) {
  return content.targets.reduce((total, each) => total + Math.round(each.target_percent * 10_000), 0);
}

test("parts add up to the whole, and each is next to its exact part", () => {
  expect(parts([1, 1, 1], 100)).toEqual([34, 33, 33]);
  expect(parts([0, 2, 1], 100)).toEqual([0, 67, 33]);
  // Weights of a generator that is written here (Lehmer, 48271).
  let seed = 7;
  for (let turn = 0; turn < 200; turn++) {
    const weights = Array.from({ length: 1 + (turn % 50) }, () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    });
    const total = weights.reduce((one, other) => one + other, 0);
    const found = parts(weights, 1_000_000);
    expect(found.reduce((one, other) => one + other, 0)).toBe(1_000_000);
    const away = found.map((part, place) => Math.abs(part - ((weights[place] ?? 0) / total) * 1_000_000));
    expect(Math.max(...away)).toBeLessThan(1);
  }
});

test("weights are scaled to what cash leaves, with a band for each", () => {
  const content = contentOf({ A: 0.25, B: 0.75, C: 0 }, { cash: "4", points: "0.5", relative: "" });
  const band = { band_absolute: 0.5, band_relative: null };
  expect(content.targets).toEqual([
    { key: "A", target_percent: 24, ...band },
    { key: "B", target_percent: 72, ...band },
    { key: "C", target_percent: 0, ...band },
    { key: "cash", target_percent: 4, ...band },
  ]);
});

test("targets add up to 100 to the last decimal, whatever was left over by a solver", () => {
  const third = { A: 1 / 3, B: 1 / 3, C: 1 / 3 };
  expect(contentOf(third, TEXTS).targets.map((each) => each.target_percent)).toEqual([
    33.3334, 33.3333, 33.3333,
  ]);
  expect(sum(contentOf(third, { ...TEXTS, cash: "2.5" }))).toBe(1_000_000);
  expect(sum(contentOf({ A: 0.1234567, B: 0.8765432 }, TEXTS))).toBe(1_000_000);
});

test("short positions are named, and cannot be saved", () => {
  expect(blockedWords({ A: 0.5, B: 0.5 })).toBeNull();
  expect(blockedWords({ A: 1.1, B: -0.1 })).toContain("B -10.00%");
});

test("what is typed is a number within its bounds", () => {
  expect(textFaults({ cash: "4 %", points: "", relative: "20" })).toEqual({});
  expect(Object.keys(textFaults({ cash: "100", points: "-1", relative: "x" }))).toEqual([
    "cash",
    "points",
    "relative",
  ]);
});
