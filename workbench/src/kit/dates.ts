const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** A date as typed, YYYY-MM-DD; null where the calendar has no such day. */
export function readDate(text: string): Date | null {
  const parts = DATE.exec(text.trim());
  if (!parts) return null;
  const [, year, month, day] = parts.map(Number) as [number, number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date : null;
}

/** What is wrong with a date that was typed; nothing with none. */
export function dateProblem(text: string): string | undefined {
  return text.trim() === "" || readDate(text) ? undefined : "Type a day as YYYY-MM-DD.";
}
