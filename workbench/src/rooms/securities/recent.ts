import type { SecurityHit } from "../../api/generated/api";

const MOST = 8;
const key = (owner: string) => `allocator.recent-bonds.${owner}`;

/** The bonds that a user chose last on this machine, newest first. */
export function recentBonds(owner: string | null): SecurityHit[] {
  if (owner === null) return [];
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key(owner)) ?? "[]");
    return Array.isArray(kept) ? (kept as SecurityHit[]) : [];
  } catch {
    return [];
  }
}

export function keepRecent(owner: string | null, bond: SecurityHit): void {
  if (owner === null) return;
  const others = recentBonds(owner).filter(({ cusip }) => cusip !== bond.cusip);
  try {
    localStorage.setItem(key(owner), JSON.stringify([bond, ...others].slice(0, MOST)));
  } catch {
    // Without storage the list begins empty on every page.
  }
}
