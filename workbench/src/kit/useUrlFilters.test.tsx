import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { BrowserRouter } from "react-router-dom";
import { useUrlFilters } from "./useUrlFilters";

const NAMES = ["first", "last"] as const;

function wrapper({ children }: { children: ReactNode }) {
  return <BrowserRouter>{children}</BrowserRouter>;
}

afterEach(() => window.history.replaceState(null, "", "/"));

test("of two changes before anything is drawn again none is lost", () => {
  window.history.replaceState(null, "", "/?tab=moved");
  const { result } = renderHook(() => useUrlFilters(NAMES), { wrapper });
  const [, change] = result.current;
  act(() => {
    change({ first: "2026-06-27" });
    change({ last: "2026-07-05" });
  });
  expect(result.current[0]).toEqual({ first: "2026-06-27", last: "2026-07-05" });
  expect(window.location.search).toBe("?tab=moved&first=2026-06-27&last=2026-07-05");
});

test("an empty value is no filter", () => {
  window.history.replaceState(null, "", "/?first=2026-06-27");
  const { result } = renderHook(() => useUrlFilters(NAMES), { wrapper });
  act(() => result.current[1]({ first: "" }));
  expect(window.location.search).toBe("");
});
