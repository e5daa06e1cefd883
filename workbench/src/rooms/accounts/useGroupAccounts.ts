import { useCallback, useEffect, useMemo } from "react";
import { api } from "../../api/generated/api";
import { useAppDispatch, useAppSelector } from "../../store";
import { accountRows } from "./accountRows";

const POLL_MILLISECONDS = 60_000;

/** Accounts of one or several groups, read side by side; undefined until all are there. */
export function useGroupAccounts(groupIds: readonly string[]) {
  const dispatch = useAppDispatch();
  const key = groupIds.join("\n");
  const ids = useMemo(() => (key === "" ? [] : key.split("\n")), [key]);
  useEffect(() => {
    const subscriptions = ids.map((groupId) =>
      dispatch(
        api.endpoints.listGroupAccounts.initiate(
          { groupId },
          { subscriptionOptions: { pollingInterval: POLL_MILLISECONDS, skipPollingIfUnfocused: true } },
        ),
      ),
    );
    return () => {
      for (const subscription of subscriptions) subscription.unsubscribe();
    };
  }, [ids, dispatch]);
  const selectors = useMemo(
    () => ids.map((groupId) => api.endpoints.listGroupAccounts.select({ groupId })),
    [ids],
  );
  // The type of the store is that of before the endpoints were put in.
  const entries = useAppSelector(
    (state) => selectors.map((select) => select(state as unknown as Parameters<typeof select>[0])),
    (a, b) => a.length === b.length && a.every((entry, place) => entry === b[place]),
  );
  const rows = useMemo(() => {
    const read = ids.flatMap((id, place) => {
      const accounts = entries[place]?.data?.accounts;
      return accounts ? [{ id, accounts }] : [];
    });
    return read.length === ids.length ? accountRows(read) : undefined;
  }, [ids, entries]);
  const retry = useCallback(() => {
    for (const groupId of ids)
      void dispatch(
        api.endpoints.listGroupAccounts.initiate({ groupId }, { forceRefetch: true, subscribe: false }),
      );
  }, [ids, dispatch]);
  return { rows, error: entries.find((entry) => entry.isError)?.error, retry };
}
