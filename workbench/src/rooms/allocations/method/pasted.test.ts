import type { AmountColumn } from "./amounts";
import { listText, maybeFractions, readList, type TextColumn, takenOver } from "./pasted";

const ACCOUNTS = [
  { account_id: "PPR-001", account_name: "Harbor County" },
  { account_id: "PPR-002", account_name: "Lakeshore Teachers" },
  { account_id: "PPR-003", account_name: "Twin" },
  { account_id: "PPR-004", account_name: "Twin" },
];
const WEIGHT: AmountColumn[] = [
  { key: "weight", header: "Weight", kind: "percent", needed: true, most: 100 },
];
const STATED: AmountColumn[] = [
  { key: "value", header: "Amount", kind: "stated", needed: true, most: 100 },
  { key: "unit", header: "Unit", kind: "unit" },
];

test("accounts are found by id or name, and a heading is left out", () => {
  const rows = readList("Account\tWeight\nppr-001\t60\nLakeshore  Teachers\t40 %\n", ACCOUNTS, WEIGHT);
  expect(takenOver(rows)).toEqual({ "PPR-001": { weight: 60 }, "PPR-002": { weight: 40 } });
  expect(listText(rows)).toBe("2 rows read, all of them good. Line 1 is a heading and is left out.");
});

test("each kind of error is told by its line, and the good rows stay", () => {
  const text = "PPR-001;10\nPPR-999;10\nPPR-002;x\nTwin;5\nPPR-003;-1\nPPR-004;101\n";
  const rows = readList(text, ACCOUNTS, WEIGHT);
  expect(rows.map(({ line, faults }) => [line, ...faults])).toEqual([
    [1],
    [2, '"PPR-999" is no account of the chosen groups.'],
    [3, 'Weight: "x" is not a number.'],
    [4, "The name belongs to 2 accounts: use the id."],
    [5, "Weight: -1 is negative: 0 or more is expected."],
    [6, "Weight: 101 % is more than 100 %."],
  ]);
  expect(listText(rows)).toBe("6 rows read: 1 good, 5 with errors.");
  expect(takenOver(rows)).toEqual({ "PPR-001": { weight: 10 } });
});

test("a number with commas between commas is not cut to its first digits", () => {
  const rows = readList("PPR-001,1,500,000\nPPR-002\t40", ACCOUNTS, WEIGHT);
  expect(rows[0]).toMatchObject({ state: "BAD" });
  const commas = readList("PPR-001,1,500,000\nPPR-002,40", ACCOUNTS, WEIGHT);
  expect(commas[0]?.faults).toEqual([
    "There are more cells than columns: 500, 000. Is it one number with commas?",
  ]);
  expect(takenOver(commas)).toEqual({ "PPR-002": { weight: 40 } });
});

test("none of the lines of an account that is there twice is taken", () => {
  const rows = readList("PPR-001,10\nHarbor County,20\nPPR-002,30", ACCOUNTS, WEIGHT);
  expect(rows.map(({ faults }) => faults)).toEqual([
    ["The account is also on line 2."],
    ["The account is also on line 1."],
    [],
  ]);
});

test("200 rows with three bad ones are 197 good ones", () => {
  const accounts = Array.from({ length: 200 }, (_, i) => ({
    account_id: `A${i}`,
    account_name: `Name ${i}`,
  }));
  const lines = accounts.map(
    ({ account_id }, i) => `${account_id}\t${i === 7 ? "n/a" : i === 90 ? "-0.5" : "0.5"}`,
  );
  lines[150] = "ZZZ\t0.5";
  const rows = readList(lines.join("\r\n"), accounts, WEIGHT);
  expect(listText(rows)).toBe("200 rows read: 197 good, 3 with errors.");
  expect(Object.keys(takenOver(rows))).toHaveLength(197);
});

test("fractions are asked about, and read as chosen", () => {
  const text = "PPR-001\t0.25\nPPR-002\t0.75";
  expect(maybeFractions(readList(text, ACCOUNTS, WEIGHT), WEIGHT)).toBe(true);
  expect(takenOver(readList(text, ACCOUNTS, WEIGHT, { percents: "FRACTION" }))).toEqual({
    "PPR-001": { weight: 25 },
    "PPR-002": { weight: 75 },
  });
  expect(maybeFractions(readList("PPR-001\t0.25 %", ACCOUNTS, WEIGHT), WEIGHT)).toBe(false);
  expect(maybeFractions(readList("PPR-001\t25", ACCOUNTS, WEIGHT), WEIGHT)).toBe(false);
});

test("stated amounts have the unit of their line, else the one chosen", () => {
  const rows = readList("PPR-001\t2000000\tmoney\nPPR-002\t25\n", ACCOUNTS, STATED, {
    defaults: { unit: "PERCENTAGE" },
  });
  expect(takenOver(rows)).toEqual({
    "PPR-001": { unit: "DOLLAR_AMOUNT", value: 2_000_000 },
    "PPR-002": { unit: "PERCENTAGE", value: 25 },
  });
});

const REASON: TextColumn[] = [{ key: "reason", header: "Reason", kind: "text", most: 20 }];

test("accounts with reasons are read by line; a line without one has the reason for all", () => {
  const text = "Account\tReason\nPPR-001\tClient asked\nLakeshore Teachers\nPPR-999\tNone\nTwin\t2 of them";
  const rows = readList(text, ACCOUNTS, REASON, { defaults: { reason: "Mandate" } });
  expect(rows.map(({ line, state, faults }) => [line, state, ...faults])).toEqual([
    [1, "HEADER"],
    [2, "GOOD"],
    [3, "GOOD"],
    [4, "BAD", '"PPR-999" is no account of the chosen groups.'],
    [5, "BAD", "The name belongs to 2 accounts: use the id."],
  ]);
  expect(takenOver(rows)).toEqual({
    "PPR-001": { reason: "Client asked" },
    "PPR-002": { reason: "Mandate" },
  });
  expect(maybeFractions(rows, REASON)).toBe(false);
});

test("an unknown account on the first line is no heading, and a reason is neither missing nor too long", () => {
  const text = "PPR-999\tClient asked\nPPR-001\nPPR-002\tTwenty-one characters\nPPR-003\tby phone\ttoday";
  const rows = readList(text, ACCOUNTS, REASON, { defaults: { reason: "" } });
  expect(rows.map(({ faults }) => faults)).toEqual([
    ['"PPR-999" is no account of the chosen groups.'],
    ["Reason is missing."],
    ["Reason: at most 20 characters."],
    ["There are more cells than columns: today."],
  ]);
  expect(takenOver(rows)).toEqual({});
});
