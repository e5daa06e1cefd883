/** The command palette is opened by an event, so that the first load need not have it. */
export const PALETTE_EVENT = "allocator:palette";

export function openPalette(): void {
  window.dispatchEvent(new Event(PALETTE_EVENT));
}
