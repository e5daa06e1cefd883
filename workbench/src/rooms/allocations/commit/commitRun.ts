import type { Allocation, Commit, CommitResult } from "../../../api/generated/api";
import { problemOf } from "../../../api/problems";
import type { SentCommit } from "../draftSlice";
import { type Decision, decide, found } from "./decisions";

export type CommitState =
  | { kind: "IDLE" }
  | { kind: "SENDING"; attempt: number }
  /** It is not known what became of it. */
  | { kind: "LOOKING_UP"; error: unknown }
  | { kind: "DONE"; result: CommitResult }
  /** Looked up: the allocation says what came of it. */
  | { kind: "FOUND"; allocation: Allocation }
  /** Looked up: the commit did not take place. */
  | { kind: "NOT_SENT"; error: unknown }
  | { kind: "REFUSED"; error: unknown; decision: Decision };

type Answer<Data> = { data?: Data; error?: unknown };

/** What a run needs of the page. */
export interface Ports {
  commit: (body: Commit, key: string) => Promise<Answer<CommitResult>>;
  read: () => Promise<Answer<Allocation>>;
  wait: (milliseconds: number) => Promise<void>;
  /** Whether the page still shows this run. */
  isCurrent: () => boolean;
  show: (state: CommitState) => void;
  /** The service has answered: another try needs another key. */
  answered: () => void;
}

const MOST_ATTEMPTS = 6;
const REPEAT_MILLISECONDS = 1_000;
const LOOK_UP_MILLISECONDS = 2_000;
const GONE = ["NOT_FOUND", "PREVIEW_ERASED"];

/** The same request under its key; another one under a key of its own. */
export function sendingOf(commit: Commit, sent: SentCommit | undefined, newKey: () => string): SentCommit {
  return sent && JSON.stringify(sent.commit) === JSON.stringify(commit) ? sent : { key: newKey(), commit };
}

/** Look at the allocation until it says what became of its commit. Null where the same request must go again. */
export async function lookUp(ports: Ports, error: unknown, repeat: boolean): Promise<CommitState | null> {
  ports.show({ kind: "LOOKING_UP", error });
  while (ports.isCurrent()) {
    const answer = await ports.read();
    const code = problemOf(answer.error)?.code;
    if (code && GONE.includes(code)) {
      ports.answered();
      return { kind: "REFUSED", error: answer.error, decision: decide(answer.error) };
    }
    const next = answer.data && !answer.error ? found(answer.data.status, repeat) : "WAIT";
    if (next === "COMMIT_AGAIN") return null;
    if (next === "NOT_SENT") return { kind: "NOT_SENT", error };
    if (next === "SETTLED" && answer.data) {
      ports.answered();
      return { kind: "FOUND", allocation: answer.data };
    }
    await ports.wait(LOOK_UP_MILLISECONDS);
  }
  return { kind: "IDLE" };
}

/** Commit once, whatever happens to answers: each attempt is the same request under the same key. */
export async function runCommit(ports: Ports, { commit, key }: SentCommit): Promise<CommitState> {
  for (let attempt = 1; ports.isCurrent(); attempt += 1) {
    ports.show({ kind: "SENDING", attempt });
    const { data, error } = await ports.commit(commit, key);
    const decision = decide(error);
    if (data || decision.answered) ports.answered();
    if (data) return { kind: "DONE", result: data };
    if (decision.remedy === "LOOK_UP") {
      const ended = await lookUp(ports, error, decision.repeat && attempt < MOST_ATTEMPTS);
      if (ended) return ended;
    } else if (decision.remedy !== "REPEAT" || attempt === MOST_ATTEMPTS)
      return { kind: "REFUSED", error, decision };
    await ports.wait(REPEAT_MILLISECONDS);
  }
  return { kind: "IDLE" };
}
