/** Load a part that will soon be shown. Where that fails nothing is said here: what shows it asks for it again. */
export function loadAhead(part: () => Promise<unknown>): void {
  part().catch(() => {});
}
