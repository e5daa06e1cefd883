import type { User } from "../api/generated/api";
import { loggedOut, sessionBegan } from "../session/sessionSlice";
import slice, { noticed, storedNotices, storeNotices } from "./noticesSlice";

const { reducer } = slice;
const began = (id: string) => sessionBegan({ id } as User);
const told = noticed({ severity: "info", message: "Order 7 is filled" });

beforeEach(() => sessionStorage.clear());

test("notices outlive a reload of the page", () => {
  const state = reducer(reducer(undefined, began("anna")), told);
  storeNotices(state);
  const again = reducer(reducer(storedNotices(), began("anna")), told);
  expect(again.notices.map(({ id, message }) => [id, message])).toEqual([
    [2, "Order 7 is filled"],
    [1, "Order 7 is filled"],
  ]);
});

test("nobody reads those of another user, nor those of before a logout", () => {
  const state = reducer(reducer(undefined, began("anna")), told);
  expect(reducer(state, began("ben")).notices).toEqual([]);
  expect(reducer(state, loggedOut()).notices).toEqual([]);
  expect(reducer(state, began("anna")).notices).toHaveLength(1);
});
