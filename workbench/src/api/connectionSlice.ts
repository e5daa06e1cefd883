import { createSlice } from "@reduxjs/toolkit";

/** Whether the last request reached the service; what was typed stays while it does not. */
const connectionSlice = createSlice({
  name: "connection",
  initialState: { reachable: true },
  reducers: {
    reached: (state) => {
      state.reachable = true;
    },
    notReached: (state) => {
      state.reachable = false;
    },
  },
  selectors: { selectReachable: (state) => state.reachable },
});

export const { reached, notReached } = connectionSlice.actions;
export const { selectReachable } = connectionSlice.selectors;
export default connectionSlice;
