import { fileParameters, linesCanFilter, listParameters } from "./historyFilter";

const none = { status: "", group: "", bond: "", side: "", method: "", user: "", from: "", to: "" };

test("filters of the address become parameters, and what is no value is none", () => {
  expect(listParameters(none)).toEqual({});
  expect(
    listParameters({ ...none, status: "SUBMITTED", bond: "12740KAA3", side: "SELL", from: "2026-11-01" }),
  ).toEqual({ status: "SUBMITTED", securityId: "12740KAA3", side: "SELL", dateFrom: "2026-11-01" });
  expect(listParameters({ ...none, status: "NO_SUCH", side: "HOLD", method: "GUESS" })).toEqual({});
});

test("lines by account know status, bond and dates alone", () => {
  expect(linesCanFilter(fileParameters({ status: "FAILED", dateTo: "2026-11-29" }))).toBe(true);
  expect(linesCanFilter(fileParameters({ status: "FAILED", side: "BUY" }))).toBe(false);
});
