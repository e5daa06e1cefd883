import { fromPasted, toTsv } from "./tsv";

test("cells keep plain numbers, and breaks inside a text become blanks", () => {
  expect(
    toTsv([
      ["A", 1250000.5, null],
      ["B\tC\n", -3, undefined],
    ]),
  ).toBe("A\t1250000.5\t\nB C \t-3\t");
});

test.each([
  ['=HYPERLINK("http://x")', `'=HYPERLINK("http://x")`],
  ["+1", "'+1"],
  ["-2+3", "'-2+3"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "' =1"],
  ['"quoted" name', '"""quoted"" name"'],
  ["Growth - A", "Growth - A"],
])("the text %j is copied as %j", (text, copied) => {
  expect(toTsv([[text]])).toBe(copied);
});

test.each([
  [
    "tabs of a spreadsheet",
    "PPR-001\t0.25\r\nPPR-002\t0.75\r\n",
    [
      ["PPR-001", "0.25"],
      ["PPR-002", "0.75"],
    ],
  ],
  [
    "commas",
    "PPR-001,25 %\nPPR-002,75 %",
    [
      ["PPR-001", "25 %"],
      ["PPR-002", "75 %"],
    ],
  ],
  [
    "semicolons with decimal commas",
    "A;0,5\n\nB;0,5",
    [
      ["A", "0,5"],
      ["B", "0,5"],
    ],
  ],
  [
    "quotes around tabs, quotes and lines",
    '"a\tb"\t"say ""no"""\n"two\nlines"\t1',
    [
      ["a\tb", 'say "no"'],
      ["two\nlines", "1"],
    ],
  ],
  ["nothing", " \n", []],
])("pasted text with %s", (_case, text, rows) => {
  expect(fromPasted(text)).toEqual(rows);
});
