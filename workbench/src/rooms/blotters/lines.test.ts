import {
  blankLines,
  clipboardRows,
  type DraftLine,
  EMPTY_TERMS,
  faultInWords,
  faultOf,
  placed,
  requestOf,
} from "./lines";

const line = (id: number, cells: DraftLine["cells"] = {}): DraftLine => ({ id, cells });
const AT_FIRST = { line: 0, column: "security_id" } as const;

test("rows are pasted from a cell on, and lines are added as needed", () => {
  const found = placed(
    [line(1, { price: "99" }), line(2)],
    [
      ["A", "BUY"],
      ["B", "SELL"],
      ["C", "BUY"],
    ],
    AT_FIRST,
  );
  expect(found).toEqual({
    count: 3,
    lines: [
      line(1, { security_id: "A", side: "BUY", price: "99" }),
      line(2, { security_id: "B", side: "SELL" }),
      line(3, { security_id: "C", side: "BUY" }),
    ],
  });
  expect(placed([line(4)], [["5mm"]], { line: 0, column: "quantity" })).toEqual({
    count: 1,
    lines: [line(4, { quantity: "5mm" })],
  });
});

test("headings say which columns they are, by the file's names or the screen's", () => {
  const rows = [
    ["Side", "security_id", "FACE"],
    ["BUY", "91282CKF7", "8000000"],
  ];
  expect(placed([line(1)], rows, AT_FIRST)).toEqual({
    count: 1,
    lines: [line(1, { side: "BUY", security_id: "91282CKF7", quantity: "8000000" })],
  });
});

test("a heading that is no column refuses all, and so do cells beyond the last column", () => {
  expect(
    placed(
      [],
      [
        ["security_id", "side", "quantty"],
        ["A", "BUY", "1"],
      ],
      AT_FIRST,
    ),
  ).toEqual({
    unknown: ["quantty"],
  });
  expect(placed([], [["true", "x"]], { line: 0, column: "compliance_check" })).toEqual({
    unknown: ["column 2 of the pasted rows"],
  });
});

test("a number with commas is one cell; text with headings is CSV", () => {
  expect(clipboardRows("1,500,000\r\n250,000\r\n")).toEqual([["1,500,000"], ["250,000"]]);
  expect(clipboardRows("A\tBUY\n")).toEqual([["A", "BUY"]]);
  expect(clipboardRows("security_id,side\nA,BUY")).toEqual([
    ["security_id", "side"],
    ["A", "BUY"],
  ]);
});

test("more lines than a blotter has are refused", () => {
  const rows = Array.from({ length: 10_001 }, () => ["A"]);
  expect(placed([], rows, AT_FIRST)).toEqual({ tooMany: 10_001 });
});

test("lines become a request; blank ones are left out", () => {
  const lines = [
    line(1),
    line(2, {
      security_id: "91282CKF7",
      side: "buy",
      quantity: "5mm",
      allocation_method: "Min dispersion",
      portfolio_groups: "BIG6; OPNIC",
      priority: "2",
      percent_of_nav: "",
      respect_cash: "FALSE",
      min_allocation: "1,000",
      target_metric: "oas",
    }),
    line(3, { security_id: "X", percent_of_nav: "7 %", price: "99.5", settlement_date: "2026-07-01" }),
  ];
  const terms = {
    ...EMPTY_TERMS,
    method: "PRO_RATA",
    groups: ["BIG6"],
    settlement: "2026-07-02",
    metric: "DURATION",
    salesFundBuys: true,
  };
  expect(requestOf(lines, terms, "MILLION")).toEqual({
    ids: [2, 3],
    faults: [],
    request: {
      lines: [
        {
          order: { security_id: "91282CKF7", side: "BUY", quantity: 5_000_000 },
          allocation_method: "MIN_DISPERSION",
          portfolio_groups: ["BIG6", "OPNIC"],
          priority: 2,
          parameters: { target_metric: "OAS" },
          constraints: { respect_cash: false, min_allocation: 1_000 },
        },
        { order: { security_id: "X", percent_of_nav: 0.07, price: 99.5, settlement_date: "2026-07-01" } },
      ],
      defaults: {
        order: { settlement_date: "2026-07-02" },
        allocation_method: "PRO_RATA",
        portfolio_groups: ["BIG6"],
        parameters: { target_metric: "DURATION" },
      },
      policy: { sales_fund_buys: true },
    },
  });
});

test("a joint split is asked for only where it is wanted", () => {
  const lines = [line(1, { security_id: "X" })];
  expect(requestOf(lines, { ...EMPTY_TERMS, joint: true }, null).request).toMatchObject({ joint: true });
  expect(requestOf(lines, EMPTY_TERMS, null).request).not.toHaveProperty("joint");
});

test("a size that may mean two is asked, and one that says it is face is taken", () => {
  const found = (quantity: string) => requestOf([line(7, { quantity })], EMPTY_TERMS, "MILLION");
  expect(found("5").faults).toEqual([
    { line: 7, column: "quantity", message: "5 or 5,000,000? Write 5mm or 5 face." },
  ]);
  expect(found("500 face").request.lines).toEqual([{ order: { quantity: 500 } }]);
  expect(found("1500000").request.lines).toEqual([{ order: { quantity: 1_500_000 } }]);
  expect(found("-5mm").faults[0]?.message).toBe("Type the size without a sign: the side says which way.");
});

test("what is no number is handed on, for the service to refuse by name", () => {
  expect(requestOf([line(1, { price: "par" })], EMPTY_TERMS, null).request.lines).toEqual([
    { order: { price: "par" } },
  ]);
});

test("errors of the service are found in the grid by line and column", () => {
  const lines = [line(11), line(12), line(13)];
  const quantity = faultOf("lines.1.order.quantity", "Not a valid number.", [11, 13]);
  expect(quantity).toEqual({ line: 13, column: "quantity", message: "Not a valid number." });
  expect(faultInWords(quantity, lines)).toBe("Line 3, Face: Not a valid number.");
  expect(faultOf("lines.0.portfolio_groups.0", "There is no group X.", [11, 13])).toEqual({
    line: 11,
    column: "portfolio_groups",
    message: "There is no group X.",
  });
  expect(faultOf("lines.0.order", "Exactly one size is expected.", [11, 13])).toEqual({
    line: 11,
    column: null,
    message: "order: Exactly one size is expected.",
  });
  expect(faultOf("defaults.portfolio_groups", "There is no group X.", [])).toEqual({
    line: null,
    column: null,
    message: "defaults.portfolio_groups: There is no group X.",
  });
});

test("new lines have ids of their own", () => {
  expect(blankLines([line(4), line(9)], 2)).toEqual([line(10), line(11)]);
});
