import { useCallback, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router-dom";
import { type PlainProblem, useCreateBlotterMutation, useGetDeskQuery } from "../../api/generated/api";
import { problemOf } from "../../api/problems";
import { sendSafely } from "../../api/safely";
import { PAGE_OF } from "../../kit/links";
import { type DraftLine, type Fault, faultOf, requestOf, type Terms } from "./lines";
import type { BlotterDraft } from "./useBlotterDraft";

/** What the last check, or the last try to run, found. */
interface Found {
  lines: ReadonlyMap<number, DraftLine>;
  terms: Terms;
  faults: readonly Fault[];
  /** How many lines are good; null where some are not. */
  good: number | null;
  /** What went wrong apart from the lines. */
  error: unknown;
}

function faultsOf(error: unknown, ids: readonly number[]): Fault[] {
  const problem = problemOf(error);
  const errors = problem && "errors" in problem ? (problem as PlainProblem).errors : [];
  return errors.map(({ field, message }) => faultOf(field, message, ids));
}

/** Checks the lines at the service, all at once, and runs them. A line that was changed since is no longer at fault. */
export function useCheckAndRun(draft: BlotterDraft) {
  const { lines, terms, clear } = draft;
  const { data: desk } = useGetDeskQuery();
  const [create] = useCreateBlotterMutation();
  const [found, setFound] = useState<Found | null>(null);
  const [busy, setBusy] = useState<"CHECK" | "RUN" | null>(null);
  const navigate = useNavigate();
  const current = useRef(draft);
  current.current = draft;
  const faults = useMemo(() => {
    const now = new Map(lines.map((line) => [line.id, line]));
    const isSame = ({ line }: Fault) =>
      line === null ? found?.terms === terms : now.get(line) === found?.lines.get(line);
    return found?.faults.filter(isSame) ?? [];
  }, [found, lines, terms]);

  const send = useCallback(
    async (work: "CHECK" | "RUN") => {
      const { request, ids, faults: own } = requestOf(lines, terms, desk?.quantity_m ?? null);
      const of = { lines: new Map(lines.map((line) => [line.id, line])), terms };
      const show = (rest: Pick<Found, "faults" | "good" | "error">) => setFound({ ...of, ...rest });
      if (ids.length === 0) {
        const message = "No line says anything. Type or paste lines, or upload a file.";
        return show({ faults: [{ line: null, column: null, message }], good: null, error: null });
      }
      setBusy(work);
      try {
        // What cannot be read here is shown with what the service finds, and nothing is run.
        const dryRun = work === "CHECK" || own.length > 0;
        const answer = await sendSafely((key) =>
          create({ blotterRequest: request, dryRun, "Idempotency-Key": key }).unwrap(),
        );
        show({ faults: own, good: own.length > 0 ? null : answer.line_count, error: null });
        if (answer.blotter_id === null) return;
        clear();
        navigate(PAGE_OF.blotter(answer.blotter_id));
      } catch (error) {
        const told = faultsOf(error, ids);
        const all = [...own, ...told.filter((fault) => !isKnown(own, fault))];
        show({ faults: all, good: null, error: told.length > 0 ? null : error });
      } finally {
        setBusy(null);
      }
    },
    [lines, terms, desk, create, clear, navigate],
  );
  const isOld =
    found !== null && (found.terms !== terms || lines.some((line) => found.lines.get(line.id) !== line));
  return { faults, error: found?.error ?? null, good: isOld ? null : (found?.good ?? null), busy, send };
}

/** A cell that was left out because it cannot be read is missed by the service as well: it is one error. */
function isKnown(own: readonly Fault[], { line, column }: Fault): boolean {
  return own.some((fault) => fault.line === line && (fault.column === column || column === null));
}
