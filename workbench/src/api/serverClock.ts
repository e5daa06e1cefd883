/** The service's clock, by which a preview expires: that of the user's machine may be wrong by hours. */

/** Below this a difference may be the way of the answer, and the whole seconds of its header. */
const SAME_MILLISECONDS = 5_000;

let ahead = 0;

/** Learn the service's time by the Date header of an answer. */
export function noteServerTime(header: string | null, now = Date.now()): void {
  const difference = Date.parse(header ?? "") - now;
  if (!Number.isNaN(difference)) ahead = Math.abs(difference) < SAME_MILLISECONDS ? 0 : difference;
}

/** Now by the service's clock, in milliseconds. */
export function serverNow(now = Date.now()): number {
  return now + ahead;
}
