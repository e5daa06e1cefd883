import type { Job } from "../../api/generated/api";
import { isLost } from "../../api/problems";
import { isOpen } from "./jobWords";

/** What following a job needs of the page. */
export interface FollowPorts {
  /** Reads the stream from behind an event until it ends; throws where it cannot be read. */
  stream: (lastEventId: string | null, take: (job: Job) => void) => Promise<void>;
  /** Reads the job as it is now. */
  read: () => Promise<{ data?: Job; error?: unknown }>;
  wait: (milliseconds: number) => Promise<void>;
  /** Whether the page still wants to know. */
  isCurrent: () => boolean;
  show: (job: Job) => void;
}

const RESUME_MILLISECONDS = 1_000;
const POLL_MILLISECONDS = 3_000;

/**
 * Follow a job to its end. A stream that ends is asked for again from where it was; where none can be had, the job is
 * read now and then, and the stream is tried again. Returns why it cannot be followed, null at its end.
 */
export async function followJob(ports: FollowPorts): Promise<unknown> {
  const seen: { job: Job | null } = { job: null };
  const take = (job: Job) => {
    if (!ports.isCurrent() || (seen.job && job.version < seen.job.version)) return;
    seen.job = job;
    ports.show(job);
  };
  while (ports.isCurrent()) {
    let pause = RESUME_MILLISECONDS;
    try {
      await ports.stream(seen.job && String(seen.job.version), take);
    } catch {
      pause = POLL_MILLISECONDS;
      const { data, error } = await ports.read();
      if (data) take(data);
      else if (!isLost(error) && isRefusal(error)) return error;
    }
    if (seen.job && !isOpen(seen.job)) return null;
    await ports.wait(pause);
  }
  return null;
}

/** Whether the next try would be answered alike: there is no such job, or the user may not see it. */
function isRefusal(error: unknown): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    "status" in error &&
    [403, 404].includes(Number(error.status))
  );
}
