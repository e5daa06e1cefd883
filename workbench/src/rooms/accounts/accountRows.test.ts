import type { GroupAccount } from "../../api/generated/api";
import { accountRows } from "./accountRows";
import { restrictionWords } from "./restrictions";

const account = (account_id: string) => ({ account_id }) as GroupAccount;

test("an account of two groups has one row with both", () => {
  const rows = accountRows([
    { id: "G2", accounts: [account("B"), account("C")] },
    { id: "G1", accounts: [account("A"), account("B")] },
  ]);
  expect(rows.map(({ account_id, groups }) => [account_id, groups])).toEqual([
    ["A", ["G1"]],
    ["B", ["G2", "G1"]],
    ["C", ["G2"]],
  ]);
});

test("restrictions in words", () => {
  expect(restrictionWords([])).toBe("None");
  expect(restrictionWords(["INVESTMENT_GRADE_ONLY", "NO_TOBACCO", "ONLY_US"])).toBe(
    "Investment grade only, No tobacco, Only US",
  );
});
