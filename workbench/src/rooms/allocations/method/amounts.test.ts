import {
  type AmountColumn,
  amountsOfLimits,
  amountsOfStated,
  amountsOfWeights,
  statedOfAmounts,
  statedText,
  weightsOfAmounts,
  withCell,
} from "./amounts";
import { changed, noHistory, redone, undone } from "./history";

const STATED: AmountColumn[] = [
  { key: "unit", header: "Unit", kind: "unit" },
  { key: "value", header: "Amount", kind: "stated", needed: true },
];

test("weights are per cent on the screen and fractions in the request", () => {
  expect(amountsOfWeights({ weights: { A: 0.011, B: 0.57 } })).toEqual({
    A: { weight: 1.1 },
    B: { weight: 57 },
  });
  expect(weightsOfAmounts({ A: { weight: 1.1 }, B: { weight: 57 } })).toEqual({ A: 0.011, B: 0.57 });
});

test("stated percentages are fractions in the request, with their bounds", () => {
  const stated = [
    { account_id: "A", type: "PERCENTAGE" as const, value: 0.25, min_value: 0.1, priority: 2 },
    { account_id: "B", type: "QUANTITY" as const, value: 500_000, max_value: 700_000 },
  ];
  const amounts = amountsOfStated(stated);
  expect(amounts).toEqual({
    A: { unit: "PERCENTAGE", value: 25, min: 10, priority: 2 },
    B: { unit: "QUANTITY", value: 500_000, max: 700_000 },
  });
  expect(statedOfAmounts(amounts)).toEqual(stated);
});

test("a cell is set and emptied; a row without its needed cell is gone", () => {
  const one = withCell({}, STATED, "A", "value", 5);
  expect(withCell(one, STATED, "A", "unit", "QUANTITY")).toEqual({ A: { value: 5, unit: "QUANTITY" } });
  expect(withCell({ A: { value: 5, unit: "QUANTITY" } }, STATED, "A", "value", null)).toEqual({});
});

test("limits without a bound are no limits", () => {
  expect(amountsOfLimits({ A: { min: null, max: 600_000 } })).toEqual({ A: { max: 600_000 } });
});

test("undo and redo go back and forth; a change forgets what was undone", () => {
  const history = changed(changed<number>(noHistory, 1), 2);
  const back = undone(history, 3);
  expect(back?.state).toBe(2);
  const forth = back && redone(back.history, back.state);
  expect(forth?.state).toBe(3);
  expect(back && redone(changed(back.history, 2), 9)).toBeNull();
  expect(undone(noHistory, 1)).toBeNull();
});

test.each([
  [[], 8_000_000, "No amounts yet: at least one above 0 is needed."],
  [
    [
      ["QUANTITY", 500_000],
      ["PERCENTAGE", 25],
    ],
    8_000_000,
    "500,000 face, 25.00% of the order for 2 accounts. 5,500,000 face is left.",
  ],
  [
    [["QUANTITY", 9_000_000]],
    8_000_000,
    "9,000,000 face for 1 account. That is 1,000,000 face more than the order holds.",
  ],
  [[["DOLLAR_AMOUNT", 2_000_000]], 8_000_000, "2,000,000 money for 1 account."],
] as [[string, number][], number, string][])("stated %j of %d", (stated, order, words) => {
  const amounts = Object.fromEntries(stated.map(([unit, value], i) => [`A${i}`, { unit, value }]));
  expect(statedText(amounts, order)).toBe(words);
});
