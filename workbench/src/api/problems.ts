import type { SerializedError } from "@reduxjs/toolkit";
import type { FetchBaseQueryError } from "@reduxjs/toolkit/query/react";
import type { PlainProblem, Problem } from "./generated/api";

export type QueryError = FetchBaseQueryError | SerializedError;

/** Why a request got no answer, in words for its user. */
const NO_ANSWER = {
  FETCH_ERROR: "The service cannot be reached.",
  TIMEOUT_ERROR: "The service did not answer in time.",
  PARSING_ERROR: "The answer of the service cannot be read.",
  CUSTOM_ERROR: "The request failed.",
} as const;

/** The problem document (RFC 9457) of an error, or null where the answer is none. */
export function problemOf(error: unknown): Problem | null {
  if (typeof error !== "object" || error === null || !("data" in error)) return null;
  const data = error.data;
  return typeof data === "object" && data !== null && "code" in data && "title" in data
    ? (data as Problem)
    : null;
}

/** Whether the answer was lost, so that the request may have been carried out. */
export function isLost(error: unknown): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    "status" in error &&
    (error.status === "FETCH_ERROR" || error.status === "TIMEOUT_ERROR" || error.status === "PARSING_ERROR")
  );
}

/** What went wrong in one or two sentences: the service's own words where it gave any. */
export function messageOf(error: unknown): string {
  const problem = problemOf(error);
  if (problem) return problem.detail || problem.title;
  if (typeof error === "object" && error !== null && "status" in error) {
    const known = NO_ANSWER[error.status as keyof typeof NO_ANSWER];
    if (known) return known;
    return `The service answered with status ${String(error.status)}.`;
  }
  return "Something went wrong in this page.";
}

/** Messages by field path, such as `order.quantity`; the first where a field has several. */
export function fieldErrors(error: unknown): Record<string, string> {
  const problem = problemOf(error);
  const errors = problem && "errors" in problem ? (problem as PlainProblem).errors : undefined;
  const found: Record<string, string> = {};
  for (const { field, message } of errors ?? []) found[field] ??= message;
  return found;
}
