import { createSlice, type PayloadAction } from "@reduxjs/toolkit";
import { loggedOut, sessionBegan } from "../session/sessionSlice";

export type Severity = "success" | "info" | "warning" | "error";

export interface Notice {
  id: number;
  severity: Severity;
  message: string;
  /** Route of what it is about. */
  to?: string;
  /** It is counted with the alerts. */
  isAlert?: boolean;
  at: string;
  read: boolean;
}

interface Notices {
  /** Id of the user who was told: nobody else reads them. */
  owner: string | null;
  next: number;
  notices: Notice[];
}

const MAX_NOTICES = 200;
const KEY = "allocator.notices";
const NONE: Notices = { owner: null, next: 1, notices: [] };

/** Those of the session before the page was loaded anew; they were shown, so that none comes up again. */
export function storedNotices(): Notices {
  try {
    return (JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Notices | null) ?? NONE;
  } catch {
    return NONE;
  }
}

export function storeNotices(notices: Notices): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(notices));
  } catch {
    // A browser without storage keeps them until the page is loaded anew.
  }
}

/** What happened in the session, newest first: shown once, then kept in the list behind the bell. */
const noticesSlice = createSlice({
  name: "notices",
  initialState: storedNotices,
  reducers: {
    noticed: {
      prepare: (notice: Pick<Notice, "severity" | "message" | "to" | "isAlert">) => ({
        payload: { ...notice, at: new Date().toISOString() },
      }),
      reducer: (
        state,
        action: PayloadAction<Pick<Notice, "severity" | "message" | "to" | "isAlert" | "at">>,
      ) => {
        state.notices.unshift({ ...action.payload, id: state.next, read: false });
        state.notices.length = Math.min(state.notices.length, MAX_NOTICES);
        state.next += 1;
      },
    },
    allRead: (state) => {
      for (const notice of state.notices) notice.read = true;
    },
  },
  extraReducers: (builder) => {
    builder
      .addCase(loggedOut, () => NONE)
      .addCase(sessionBegan, (state, { payload: { id } }) =>
        state.owner === null || state.owner === id ? { ...state, owner: id } : { ...NONE, owner: id },
      );
  },
  selectors: { selectNotices: (state) => state.notices },
});

export const { noticed, allRead } = noticesSlice.actions;
export const { selectNotices } = noticesSlice.selectors;
export default noticesSlice;
