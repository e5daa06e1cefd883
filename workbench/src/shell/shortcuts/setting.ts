const KEY = "allocator.shortcuts";

/** Whether single letters are shortcuts; on until the user switches them off on this machine. */
export function shortcutsOn(): boolean {
  return localStorage.getItem(KEY) !== "off";
}

export function setShortcuts(on: boolean): void {
  localStorage.setItem(KEY, on ? "on" : "off");
}
