import { count } from "../../../kit/format";

/** Seconds until a preview can no longer be committed; 0 when it is over. */
export function secondsLeft(expiresAt: string, now: number): number {
  return Math.max(0, Math.ceil((Date.parse(expiresAt) - now) / 1000));
}

/** "14 minutes", and of the last two minutes "1 minute 5 seconds". */
export function timeInWords(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  const inMinutes = minutes === 1 ? "1 minute" : `${count(minutes)} minutes`;
  const inSeconds = rest === 1 ? "1 second" : `${rest} seconds`;
  if (minutes >= 2) return inMinutes;
  if (minutes === 0) return inSeconds;
  return rest === 0 ? inMinutes : `${inMinutes} ${inSeconds}`;
}
