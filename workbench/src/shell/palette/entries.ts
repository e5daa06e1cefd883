import type { Permission, PortfolioGroup, SecurityHit } from "../../api/generated/api";
import { PAGE_OF } from "../../kit/links";
import { mayOpen, PAGES } from "../pages";

type KnownGroup = Pick<PortfolioGroup, "group_id" | "group_name" | "accounts">;

/** Something that the palette leads to. */
export interface Entry {
  /** Unique within the list. */
  id: string;
  section: "Pages" | "Bonds" | "Groups" | "Accounts" | "By id" | "Commands";
  label: string;
  note?: string;
  to?: string;
  command?: "NEW_ORDER" | "LIGHT" | "DARK" | "SHORTCUTS" | "LOG_OUT";
}

const COMMANDS: readonly Entry[] = [
  { id: "new-order", section: "Commands", label: "New order", note: "n", command: "NEW_ORDER" },
  { id: "light", section: "Commands", label: "Light colours", command: "LIGHT" },
  { id: "dark", section: "Commands", label: "Dark colours", command: "DARK" },
  { id: "shortcuts", section: "Commands", label: "Keyboard shortcuts", note: "?", command: "SHORTCUTS" },
  { id: "log-out", section: "Commands", label: "Log out", command: "LOG_OUT" },
];

const MAX_OF_A_KIND = 6;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Pages for what looks like an id: previews and audit records have UUIDs, orders have Aladdin's numbers. */
export function idEntries(typed: string, permissions: readonly Permission[]): Entry[] {
  const id = typed.trim();
  const entries: Entry[] = [];
  if (UUID.test(id) && permissions.includes("allocations:read")) {
    entries.push({ id: `a-${id}`, section: "By id", label: `Allocation ${id}`, to: PAGE_OF.allocation(id) });
  }
  if (UUID.test(id) && permissions.includes("audit:read")) {
    entries.push({ id: `u-${id}`, section: "By id", label: `Audit record ${id}`, to: PAGE_OF.audit(id) });
  }
  if (/^\d{3,}$/.test(id) && permissions.includes("orders:read")) {
    entries.push({ id: `o-${id}`, section: "By id", label: `Order ${id}`, to: PAGE_OF.order(id) });
  }
  return entries;
}

function matches(typed: string, ...texts: string[]): boolean {
  const text = texts.join(" ").toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** What a typed text finds; with nothing typed the pages and commands. */
export function entriesFor(
  typed: string,
  known: {
    permissions: readonly Permission[];
    groups: readonly KnownGroup[];
    bonds: readonly SecurityHit[];
  },
): Entry[] {
  const { permissions, groups, bonds } = known;
  const pages = PAGES.filter((page) => mayOpen(page, permissions) && matches(typed, page.title)).map(
    (page): Entry => ({
      id: page.path,
      section: "Pages",
      label: page.title,
      note: `g ${page.key}`,
      to: page.path,
    }),
  );
  const commands = COMMANDS.filter(
    (entry) =>
      matches(typed, entry.label) &&
      (entry.command !== "NEW_ORDER" || permissions.includes("allocations:preview")),
  );
  if (typed.trim() === "") return [...pages, ...commands];
  const found = groups.filter((group) => matches(typed, group.group_id, group.group_name));
  const accounts = new Map(
    groups.flatMap((group) => group.accounts).map((account) => [account.account_id, account]),
  );
  return [
    ...idEntries(typed, permissions),
    ...bonds.slice(0, MAX_OF_A_KIND).map(
      (bond): Entry => ({
        id: `b-${bond.cusip}`,
        section: "Bonds",
        label: bond.description,
        note: bond.cusip,
        to: PAGE_OF.security(bond.cusip),
      }),
    ),
    ...found.slice(0, MAX_OF_A_KIND).map(
      (group): Entry => ({
        id: `g-${group.group_id}`,
        section: "Groups",
        label: group.group_name,
        note: group.group_id,
        to: PAGE_OF.group(group.group_id),
      }),
    ),
    ...[...accounts.values()]
      .filter((account) => matches(typed, account.account_id, account.account_name))
      .slice(0, MAX_OF_A_KIND)
      .map(
        (account): Entry => ({
          id: `c-${account.account_id}`,
          section: "Accounts",
          label: account.account_name,
          note: account.account_id,
          to: PAGE_OF.account(account.account_id),
        }),
      ),
    ...pages,
    ...commands,
  ];
}
