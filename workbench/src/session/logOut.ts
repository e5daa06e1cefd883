import type { Dispatch } from "@reduxjs/toolkit";
import { emptyApi } from "../api/emptyApi";
import { loggedOut } from "./sessionSlice";
import { accessToken } from "./token";

/** End the session at the server, then forget everything that was read or typed; other tabs end by their next request. */
export async function logOut(end: () => Promise<unknown>, dispatch: Dispatch): Promise<void> {
  await end().catch(() => null);
  accessToken.set(null);
  dispatch(loggedOut());
  dispatch(emptyApi.util.resetApiState());
  try {
    sessionStorage.clear();
  } catch {
    // A browser without storage has kept nothing.
  }
}
