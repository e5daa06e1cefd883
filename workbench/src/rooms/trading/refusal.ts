import type { AccountDifference } from "../../api/generated/api";
import { problemOf } from "../../api/problems";

/** What a refused change can become instead: the largest face that is accepted, or the least above what is filled. */
export function acceptedFace(error: unknown, present: number): number | null {
  const problem = problemOf(error);
  if (!problem) return null;
  const face =
    problem.code === "BOOK_CHANGED" && "max_total" in problem
      ? problem.max_total
      : problem.code === "CONFLICT" && "min_quantity" in problem
        ? problem.min_quantity
        : undefined;
  return face === undefined || face === present ? null : face;
}

/** Accounts that cannot take their part of a larger order. */
export function shortAccounts(error: unknown): readonly AccountDifference[] {
  const problem = problemOf(error);
  if (problem?.code !== "BOOK_CHANGED" || !("accounts" in problem)) return [];
  const accounts = (problem.accounts ?? []) as readonly AccountDifference[];
  return accounts.filter((account) => (account.additional_quantity ?? 0) > account.max_quantity);
}
