import type { GroupAccount } from "../../api/generated/api";

/** An account with the groups that were read and list it. */
export interface AccountRow extends GroupAccount {
  groups: string[];
}

/** Accounts of several groups, each once, by id. */
export function accountRows(
  groups: readonly { id: string; accounts: readonly GroupAccount[] }[],
): AccountRow[] {
  const rows = new Map<string, AccountRow>();
  for (const { id, accounts } of groups) {
    for (const account of accounts) {
      const row = rows.get(account.account_id);
      if (row) row.groups.push(id);
      else rows.set(account.account_id, { ...account, groups: [id] });
    }
  }
  return [...rows.values()].sort((a, b) => (a.account_id < b.account_id ? -1 : 1));
}
