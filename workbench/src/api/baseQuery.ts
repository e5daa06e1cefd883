import type { Dispatch } from "@reduxjs/toolkit";
import {
  type BaseQueryFn,
  type FetchArgs,
  type FetchBaseQueryError,
  fetchBaseQuery,
} from "@reduxjs/toolkit/query/react";
import { selectUser, sessionBegan, sessionEnded } from "../session/sessionSlice";
import { accessToken } from "../session/token";
import { notReached, reached } from "./connectionSlice";
import type { Session } from "./generated/api";
import { noteServerTime } from "./serverClock";

/** Where the API is: below the page's <base>, which a proxy's path is part of. */
export const API_ROOT = new URL("v1/", document.baseURI).href;
const CSRF_COOKIE = "__Host-allocator-csrf";
const REFRESH_LOCK = "allocator-refresh";

const plainQuery = fetchBaseQuery({
  baseUrl: API_ROOT,
  credentials: "same-origin",
  isJsonContentType: (headers) => /json/.test(headers.get("content-type") ?? ""),
  prepareHeaders: (headers) => {
    const token = accessToken.get();
    if (token && !headers.has("Authorization")) headers.set("Authorization", `Bearer ${token}`);
    return headers;
  },
});

function cookie(name: string): string | null {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : null;
}

type Refreshed = "DONE" | "REFUSED" | "UNREACHED";

/**
 * Get a new access token by the refresh cookie: one request at a time over all tabs (Web Locks), because each refresh
 * token holds once. Whoever waited for the lock finds the token that was made meanwhile.
 */
export async function refreshSession(dispatch: Dispatch, spent: string | null): Promise<Refreshed> {
  return navigator.locks.request(REFRESH_LOCK, async () => {
    if (accessToken.get() && accessToken.get() !== spent) return "DONE";
    const csrf = cookie(CSRF_COOKIE);
    if (!csrf) return "REFUSED";
    const answer = await fetch(`${API_ROOT}auth/refresh`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
      body: "{}",
    }).catch(() => null);
    if (answer?.status === 401) return "REFUSED";
    if (!answer?.ok) return "UNREACHED";
    const session = (await answer.json()) as Session;
    accessToken.set(session.access_token);
    dispatch(sessionBegan(session.user));
    return "DONE";
  });
}

/** Requests of the session itself: a 401 of theirs says that a password or a token is wrong, and is theirs to show. */
const OF_THE_SESSION = ["/auth/login", "/auth/refresh", "/auth/logout", "/auth/password"];

/** Every request of the workbench. One whose access token has run out is sent again with the next one, once. */
export const baseQuery: BaseQueryFn<string | FetchArgs, unknown, FetchBaseQueryError> = async (
  args,
  api,
  extra,
) => {
  const url = typeof args === "string" ? args : args.url;
  const used = accessToken.get();
  const userId = () => selectUser(api.getState() as Parameters<typeof selectUser>[0])?.id;
  const asker = userId();
  let result = await plainQuery(args, api, extra);
  if (result.error?.status === 401 && !OF_THE_SESSION.includes(url)) {
    const refreshed = await refreshSession(api.dispatch, used);
    // Another user has logged in, in another tab: what this one asked for is not done under that name.
    if (refreshed === "DONE" && asker !== undefined && userId() !== asker) return result;
    if (refreshed === "DONE") result = await plainQuery(args, api, extra);
    if (refreshed === "REFUSED" || (refreshed === "DONE" && result.error?.status === 401)) {
      api.dispatch(sessionEnded());
      // It was refused and not done: it is sent once the same user has logged in again.
      if (asker !== undefined && (await accessToken.next()) && userId() === asker && !api.signal.aborted)
        result = await plainQuery(args, api, extra);
    }
  }
  // Whoever gave up an answer has not lost it: the service is not away.
  if (api.signal.aborted) return result;
  noteServerTime(result.meta?.response?.headers.get("Date") ?? null);
  const lost = result.error?.status === "FETCH_ERROR" || result.error?.status === "TIMEOUT_ERROR";
  api.dispatch(lost ? notReached() : reached());
  return result;
};

/** Try the refresh cookie when the page opens. A thunk: `dispatch(startSession)`. */
export async function startSession(dispatch: Dispatch): Promise<void> {
  const refreshed = await refreshSession(dispatch, null);
  if (refreshed === "UNREACHED") dispatch(notReached());
  if (refreshed === "REFUSED") dispatch(sessionEnded());
}
