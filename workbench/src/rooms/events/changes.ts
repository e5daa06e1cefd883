/** What clients are told of by `monitor/events`. */
export type ChangeKind =
  | "EVENT_RECEIVED"
  | "RECALCULATION_PENDING"
  | "RECALCULATION_QUEUED"
  | "RECALCULATION_DONE"
  | "RECALCULATION_FAILED"
  | "RECALCULATION_COVERED"
  | "MONITOR_SET";

export interface Change {
  sequence: number;
  at: string;
  kind: ChangeKind;
  portfolio_id: string | null;
  event_id: string | null;
  recalculation_id: string | null;
}

/** What is kept of the changes of a page that is open for long, the newest first. */
export const MAX_CHANGES = 100;

/** The changes with one more, the newest first; one that is known already changes nothing. */
export function withChange(changes: readonly Change[], change: Change): readonly Change[] {
  if (changes.some(({ sequence }) => sequence === change.sequence)) return changes;
  return [change, ...changes].sort((one, other) => other.sequence - one.sequence).slice(0, MAX_CHANGES);
}

/** What following the changes needs of the page. */
export interface ChangePorts {
  /** Reads the stream from behind a change until it ends; throws where it cannot be read. */
  stream: (lastEventId: string | null, take: (change: Change) => void) => Promise<void>;
  /** Asks for something small of the same permission, by which the session is renewed. */
  probe: () => Promise<{ error?: unknown }>;
  wait: (milliseconds: number) => Promise<void>;
  /** Whether the page still wants to know. */
  isCurrent: () => boolean;
  show: (change: Change) => void;
  /** Whether changes come. */
  tell: (isFollowed: boolean) => void;
}

const RESUME_MILLISECONDS = 1_000;
const RETRY_MILLISECONDS = 5_000;

/**
 * Follow the changes for as long as the page is open. A stream that ends is asked for again from where it was; where
 * none can be had, it is tried again after a while. Returns the refusal where the user may not follow.
 */
export async function followChanges(ports: ChangePorts): Promise<unknown> {
  const seen: { last: number | null } = { last: null };
  const take = (change: Change) => {
    ports.tell(true);
    if (!ports.isCurrent() || (seen.last !== null && change.sequence <= seen.last)) return;
    seen.last = change.sequence;
    ports.show(change);
  };
  while (ports.isCurrent()) {
    let pause = RESUME_MILLISECONDS;
    try {
      await ports.stream(seen.last === null ? null : String(seen.last), take);
      ports.tell(true);
    } catch {
      pause = RETRY_MILLISECONDS;
      if (!ports.isCurrent()) return null;
      ports.tell(false);
      const { error } = await ports.probe();
      if (isForbidden(error)) return error;
    }
    await ports.wait(pause);
  }
  return null;
}

function isForbidden(error: unknown): boolean {
  return typeof error === "object" && error !== null && "status" in error && error.status === 403;
}
