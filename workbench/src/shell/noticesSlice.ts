import { createSlice, type PayloadAction } from "@reduxjs/toolkit";

export type Severity = "success" | "info" | "warning" | "error";

export interface Notice {
  id: number;
  severity: Severity;
  message: string;
  /** Route of what it is about. */
  to?: string;
  at: string;
  read: boolean;
}

const MAX_NOTICES = 200;

/** What happened while the page was open, newest first: shown once, then kept in the list behind the bell. */
const noticesSlice = createSlice({
  name: "notices",
  initialState: { next: 1, notices: [] as Notice[] },
  reducers: {
    noticed: {
      prepare: (notice: { severity: Severity; message: string; to?: string }) => ({
        payload: { ...notice, at: new Date().toISOString() },
      }),
      reducer: (
        state,
        action: PayloadAction<{ severity: Severity; message: string; to?: string; at: string }>,
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
  selectors: { selectNotices: (state) => state.notices },
});

export const { noticed, allRead } = noticesSlice.actions;
export const { selectNotices } = noticesSlice.selectors;
export default noticesSlice;
