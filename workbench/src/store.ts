import { combineReducers, configureStore, type Middleware } from "@reduxjs/toolkit";
import { setupListeners } from "@reduxjs/toolkit/query";
import { useDispatch, useSelector, useStore } from "react-redux";
import connectionSlice from "./api/connectionSlice";
import { emptyApi } from "./api/emptyApi";
import draftSlice from "./rooms/allocations/draftSlice";
import sessionSlice, { selectUser, sessionBegan } from "./session/sessionSlice";
import noticesSlice from "./shell/noticesSlice";

const reducer = combineReducers({
  [emptyApi.reducerPath]: emptyApi.reducer,
  [connectionSlice.name]: connectionSlice.reducer,
  [sessionSlice.name]: sessionSlice.reducer,
  [draftSlice.name]: draftSlice.reducer,
  [noticesSlice.name]: noticesSlice.reducer,
});

export type RootState = ReturnType<typeof reducer>;

/** Users of one browser share its refresh cookie: what one has read is not shown to the next. */
const forgetOtherUser: Middleware = (api) => (next) => (action) => {
  const before = selectUser(api.getState())?.id;
  const result = next(action);
  if (sessionBegan.match(action) && before !== undefined && before !== action.payload.id)
    api.dispatch(emptyApi.util.resetApiState());
  return result;
};

export function makeStore(preloadedState?: Partial<RootState>) {
  const store = configureStore({
    reducer,
    preloadedState,
    middleware: (defaults) => defaults().concat(emptyApi.middleware, forgetOtherUser),
  });
  setupListeners(store.dispatch);
  return store;
}

export type AppStore = ReturnType<typeof makeStore>;
export const useAppDispatch = useDispatch.withTypes<AppStore["dispatch"]>();
export const useAppSelector = useSelector.withTypes<RootState>();
export const useAppStore = useStore.withTypes<AppStore>();
