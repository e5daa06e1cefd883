import { createSlice, type PayloadAction } from "@reduxjs/toolkit";
import type { Permission, User } from "../api/generated/api";

/**
 * STARTING until the refresh cookie has been tried; ENDED while a page is still there whose session is over: its user
 * logs in above it, and loses nothing that was typed.
 */
export type SessionStatus = "STARTING" | "ANONYMOUS" | "ACTIVE" | "ENDED";

interface SessionState {
  status: SessionStatus;
  user: User | null;
}

const sessionSlice = createSlice({
  name: "session",
  initialState: { status: "STARTING", user: null } as SessionState,
  reducers: {
    sessionBegan: (_state, action: PayloadAction<User>): SessionState => ({
      status: "ACTIVE",
      user: action.payload,
    }),
    /** The server refused the tokens: the page stays, and asks for the password. */
    sessionEnded: (state) => {
      state.status = state.user ? "ENDED" : "ANONYMOUS";
    },
    loggedOut: (): SessionState => ({ status: "ANONYMOUS", user: null }),
  },
  selectors: {
    selectSession: (state) => state,
    selectUser: (state) => state.user,
    selectPermissions: (state): readonly Permission[] => state.user?.permissions ?? [],
  },
});

export const { sessionBegan, sessionEnded, loggedOut } = sessionSlice.actions;
export const { selectSession, selectUser, selectPermissions } = sessionSlice.selectors;
export default sessionSlice;
