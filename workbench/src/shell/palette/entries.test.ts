import { entriesFor, idEntries } from "./entries";

const groups = [
  {
    group_id: "CORE",
    group_name: "Core fixed income",
    accounts: [{ account_id: "C-1", account_name: "Teachers of Ohio" }],
  },
];
const manager = [
  "allocations:preview",
  "allocations:read",
  "orders:read",
  "portfolios:read",
  "market-history:read",
] as const;

test("with nothing typed it lists the pages that the user may open, and commands", () => {
  const labels = entriesFor("", { permissions: manager, groups, bonds: [] }).map(({ label }) => label);
  expect(labels).toEqual([
    "Workbench",
    "Compare",
    "Orders",
    "Blotters",
    "History",
    "Accounts",
    "Drift",
    "Optimise",
    "Market data",
    "Backtest",
    "Risk",
    "Monitor",
    "Alerts",
    "Jobs",
    "System",
    "New order",
    "Light colours",
    "Dark colours",
    "Keyboard shortcuts",
    "Log out",
  ]);
});

test("groups and accounts are found by words in any order", () => {
  const found = entriesFor("ohio teach", { permissions: manager, groups, bonds: [] });
  expect(found.map(({ section, to }) => [section, to])).toEqual([["Accounts", "/accounts/C-1"]]);
  expect(entriesFor("income", { permissions: manager, groups, bonds: [] })[0]?.to).toBe(
    "/accounts?group=CORE",
  );
});

test("an id leads to what the user may read", () => {
  const id = "7c3f1a52-2b1e-4f5c-9a37-0d9b1f2e4c55";
  expect(idEntries(id, manager).map(({ to }) => to)).toEqual([`/allocations/${id}`]);
  expect(idEntries(` ${id} `, ["audit:read"]).map(({ to }) => to)).toEqual([`/audit/${id}`]);
  expect(idEntries("627439856", manager).map(({ to }) => to)).toEqual(["/orders/627439856"]);
  expect(idEntries("12", manager)).toEqual([]);
});
