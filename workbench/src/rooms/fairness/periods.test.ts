import { periodProblem, presets } from "./periods";

test("whole months, quarters and years", () => {
  expect(presets("2026-11-29")).toEqual([
    { label: "This month", from: "2026-11-01", to: "2026-11-30" },
    { label: "Last month", from: "2026-10-01", to: "2026-10-31" },
    { label: "This quarter", from: "2026-10-01", to: "2026-12-31" },
    { label: "Last quarter", from: "2026-07-01", to: "2026-09-30" },
    { label: "This year", from: "2026-01-01", to: "2026-12-31" },
    { label: "Last year", from: "2025-01-01", to: "2025-12-31" },
  ]);
});

test("over the end of a year, and a leap day", () => {
  expect(presets("2028-01-15").slice(1, 4)).toEqual([
    { label: "Last month", from: "2027-12-01", to: "2027-12-31" },
    { label: "This quarter", from: "2028-01-01", to: "2028-03-31" },
    { label: "Last quarter", from: "2027-10-01", to: "2027-12-31" },
  ]);
  expect(presets("2028-02-01")[0]).toEqual({ label: "This month", from: "2028-02-01", to: "2028-02-29" });
});

test.each([
  ["", "2026-01-01", "Give both days."],
  ["2026-01-01", "", "Give both days."],
  ["2026-01-02", "2026-01-01", "The last day lies before the first."],
  ["2026-01-01", "2026-01-01", undefined],
])("a period from %s to %s", (from, to, problem) => {
  expect(periodProblem({ from, to })).toBe(problem);
});
