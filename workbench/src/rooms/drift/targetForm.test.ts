import { readList, takenOver } from "../allocations/method/pasted";
import {
  amountsOf,
  bucketNames,
  CLASS_COLUMNS,
  classRows,
  contentOf,
  METRIC_COLUMNS,
  readEdges,
  rowFaults,
  subjectOf,
  sumWords,
  targetChanges,
} from "./targetForm";

const BONDS = { key: "bonds", target_percent: 97, band_absolute: 2, band_relative: null };
const CASH = { key: "cash", target_percent: 3, band_absolute: null, band_relative: 50 };
const CONTENT = { targets: [BONDS, CASH], metric_targets: [], bucket_edges: [] };

test("a version comes back from the grid as it was, whatever order was typed", () => {
  const amounts = amountsOf(CONTENT);
  expect(amounts).toEqual({ bonds: { target: 97, points: 2 }, cash: { target: 3, relative: 50 } });
  const { bonds, cash } = amounts as { bonds: object; cash: object };
  expect(contentOf("ASSET_CLASS", { cash, bonds } as typeof amounts, [])).toEqual(CONTENT);
});

test("metrics keep their benchmark and may be below zero", () => {
  const metric = {
    metric: "DURATION" as const,
    relative_to: "BENCHMARK" as const,
    target: -0.5,
    band_absolute: 0.25,
  };
  const content = { targets: [], metric_targets: [metric], bucket_edges: [] };
  expect(amountsOf(content)).toEqual({ "Duration less benchmark": { target: -0.5, points: 0.25 } });
  expect(contentOf("METRIC", amountsOf(content), [])).toEqual(content);
  const read = readList("Duration less benchmark\t-0.5\t0.25", classRows("METRIC", [], {}), METRIC_COLUMNS, {
    subject: subjectOf("METRIC"),
  });
  expect(takenOver(read)).toEqual(amountsOf(content));
});

test("the sum is told with its difference from 100", () => {
  expect(sumWords("SECTOR", {})).toEqual({ words: "No targets yet: at least one is needed.", isGood: false });
  expect(sumWords("SECTOR", { A: { target: 33.3 }, B: { target: 66.7 } })).toEqual({
    words: "Sum 100 % over 2 classes.",
    isGood: true,
  });
  expect(sumWords("SECTOR", { A: { target: 95 } }).words).toBe(
    "Sum 95.00 % over 1 class: 5.00 % missing to 100 %.",
  );
  expect(sumWords("SECTOR", { A: { target: 95 }, B: { target: 7.5 } }).words).toBe(
    "Sum 102.50 % over 2 classes: 2.50 % more than 100 %.",
  );
});

test("edges are rising numbers above 0, and make buckets", () => {
  expect(readEdges("1, 3;5")).toEqual([1, 3, 5]);
  expect(readEdges("3, 1")).toBeNull();
  expect(readEdges("0, 1")).toBeNull();
  expect(readEdges("1, x")).toBeNull();
  expect(readEdges("")).toBeNull();
  expect(bucketNames([1, 3.5])).toEqual(["0-1", "1-3.5", "3.5+"]);
});

test("what a version changes is told class by class", () => {
  const after = {
    ...CONTENT,
    targets: [
      { ...BONDS, target_percent: 95 },
      { ...CASH, key: "crypto", target_percent: 5 },
    ],
  };
  expect(targetChanges("ASSET_CLASS", CONTENT, after)).toEqual([
    { name: "Bonds", before: "97.00 %, band 2 points", after: "95.00 %, band 2 points" },
    { name: "Cash", before: "3.00 %, band 50 % of the target", after: "No target" },
    { name: "Crypto", before: "No target", after: "5.00 %, band 50 % of the target" },
  ]);
  expect(targetChanges("ASSET_CLASS", CONTENT, CONTENT)).toEqual([]);
});

test("pasted classes may be new where the desk names them, and the heading is left out", () => {
  const text = "Class\tTarget\nEnergy\t60\ncash\t40\t\t20";
  const rows = readList(text, classRows("SECTOR", [], {}), CLASS_COLUMNS, { subject: subjectOf("SECTOR") });
  expect(takenOver(rows)).toEqual({ Energy: { target: 60 }, cash: { target: 40, relative: 20 } });
  const [bad] = readList("Energy\t60", classRows("RATING", [], {}), CLASS_COLUMNS, {
    subject: subjectOf("RATING"),
  });
  expect(bad?.faults).toEqual(['"Energy" is no class of this list.']);
});

test("errors of the service name the rows on the screen", () => {
  const errors = {
    "targets.1.band_relative": "At most 1000.",
    targets: "The targets sum to 99, not to 100.",
    comment: "x",
  };
  expect(rowFaults(errors, CONTENT)).toEqual([
    "cash, band in % of the target: At most 1000.",
    "The targets sum to 99, not to 100.",
  ]);
});
