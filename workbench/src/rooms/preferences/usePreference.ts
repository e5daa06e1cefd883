import type { Dispatch } from "@reduxjs/toolkit";
import { useCallback } from "react";
import { api, type Preference, useListPreferencesQuery } from "../../api/generated/api";
import { problemOf } from "../../api/problems";
import { type AppStore, useAppDispatch } from "../../store";

/** Time without a change after which it is kept on the server: a column that is dragged is one change. */
const PAUSE_MILLISECONDS = 800;

type Value = Record<string, unknown>;
type Thunk = (dispatch: AppStore["dispatch"], getState: AppStore["getState"]) => void;

const timers = new Map<string, ReturnType<typeof setTimeout>>();

/** The list with another value under a name; its version stays that of the server. */
export function withValue(preferences: readonly Preference[], name: string, value: Value): Preference[] {
  const before = preferences.find((preference) => preference.name === name);
  const after: Preference = before
    ? { ...before, value }
    : { name, value, version: 0, updated_at: new Date().toISOString() };
  return [...preferences.filter((preference) => preference.name !== name), after];
}

/**
 * Show a value at once, and keep it on the server after a pause. Where another page of the user kept one meanwhile,
 * that one is taken. What cannot be kept holds until the page is closed: a layout is not worth a message.
 */
function keep(name: string, value: Value): Thunk {
  return (dispatch, getState) => {
    clearTimeout(timers.get(name));
    show(dispatch, name, value);
    timers.set(
      name,
      setTimeout(async () => {
        timers.delete(name);
        // The store names no tags of the generated API, which its selectors ask for.
        const stored = api.endpoints.listPreferences.select()(getState() as never).data?.preferences;
        const version = stored?.find((preference) => preference.name === name)?.version ?? 0;
        const put = api.endpoints.putPreference.initiate({
          preferenceName: name,
          putPreference: { value, version },
        });
        const { error } = await dispatch(put);
        if (problemOf(error)?.status === 409) dispatch(api.util.invalidateTags(["preferences"]));
      }, PAUSE_MILLISECONDS),
    );
  };
}

function show(dispatch: Dispatch, name: string, value: Value): void {
  const shown = api.util.updateQueryData("listPreferences", undefined, (draft) => {
    draft.preferences = withValue(draft.preferences, name, value);
  });
  dispatch(shown as never);
}

/** A choice of the user, kept on the server under a name. `ready` is false until it was read, or cannot be. */
export function usePreference<Kept extends object>(name: string, fallback: Kept) {
  const dispatch = useAppDispatch();
  const { kept, ready } = useListPreferencesQuery(undefined, {
    selectFromResult: ({ data, isUninitialized, isLoading }) => ({
      kept: data?.preferences.find((preference) => preference.name === name)?.value,
      ready: !isUninitialized && !isLoading,
    }),
  });
  const change = useCallback((value: Kept) => dispatch(keep(name, value as Value)), [dispatch, name]);
  return { value: (kept as Kept | undefined) ?? fallback, change, ready };
}
