import type { SecurityHit } from "../../api/generated/api";
import draftSlice, {
  commitSent,
  draftChanged,
  draftCleared,
  emptyDraft,
  parametersChanged,
  previewMade,
  requestText,
} from "./draftSlice";

const { reducer } = draftSlice;

const order = reducer(
  emptyDraft,
  draftChanged({ security: { cusip: "91282CKF7" } as SecurityHit, size: 5_000_000, groups: ["CORE"] }),
);

test("a preview is of the request that it was made of", () => {
  const previewed = reducer(order, previewMade({ allocationId: "A1", request: requestText(order) }));
  expect(previewed.allocationId).toBe("A1");
});

test.each([
  ["size", draftChanged({ size: 50_000_000 })],
  ["side", draftChanged({ side: "SELL" })],
  ["price", draftChanged({ price: 98.5 })],
  ["settlement date", draftChanged({ settlementDate: "2026-12-03" })],
  ["groups", draftChanged({ groups: ["OTHER"] })],
  ["method", draftChanged({ method: "MIN_DISPERSION" })],
  ["parameters", parametersChanged({ method: "PRO_RATA", parameters: { base_metric: "EQUAL" } })],
  ["wishes", draftChanged({ constraints: { respect_cash: false } })],
  ["whole order", draftCleared()],
])(
  "a preview or an edit that is answered after a change of the %s is not the preview of the order",
  (_part, change) => {
    const changed = reducer(order, change);
    const late = reducer(changed, previewMade({ allocationId: "A1", request: requestText(order) }));
    expect(late.allocationId).toBeNull();
  },
);

test("a commit without an answer stays known when the next order is begun", () => {
  const sent = reducer(order, commitSent({ allocationId: "A1", key: "k", commit: {} }));
  expect(reducer(sent, draftCleared()).sent).toEqual({ A1: { key: "k", commit: {} } });
});
