import { act, renderHook, waitFor } from "@testing-library/react";
import { type ReadPage, usePages } from "./usePages";

test("pages follow each other, and the last one ends the list", async () => {
  const asked: (string | undefined)[] = [];
  const read = async (cursor: string | undefined): Promise<ReadPage<number>> => {
    asked.push(cursor);
    return cursor === undefined ? { rows: [1, 2], next: "b" } : { rows: [3], next: null };
  };
  const { result } = renderHook(() => usePages(read));
  await waitFor(() => expect(result.current.rows).toEqual([1, 2]));
  act(() => result.current.more());
  await waitFor(() => expect(result.current.rows).toEqual([1, 2, 3]));
  expect(result.current.next).toBeNull();
  act(() => result.current.more());
  expect(asked).toEqual([undefined, "b"]);
});

test("an answer of the list before is dropped", async () => {
  let answerOld: (page: ReadPage<string>) => void = () => undefined;
  const old = () =>
    new Promise<ReadPage<string>>((resolve) => {
      answerOld = resolve;
    });
  const now = async () => ({ rows: ["new"], next: null });
  const { result, rerender } = renderHook(({ read }) => usePages<string>(read), {
    initialProps: { read: old as () => Promise<ReadPage<string>> },
  });
  rerender({ read: now });
  await waitFor(() => expect(result.current.rows).toEqual(["new"]));
  await act(async () => answerOld({ rows: ["old"], next: "c" }));
  expect(result.current.rows).toEqual(["new"]);
});

test("a page that fails keeps what is shown, and may be asked for again", async () => {
  let fails = true;
  const read = async (cursor: string | undefined): Promise<ReadPage<number>> => {
    if (cursor !== undefined && fails) throw new Error("away");
    return cursor === undefined ? { rows: [1], next: "b" } : { rows: [2], next: null };
  };
  const { result } = renderHook(() => usePages(read));
  await waitFor(() => expect(result.current.rows).toEqual([1]));
  act(() => result.current.more());
  await waitFor(() => expect(result.current.error).toEqual(new Error("away")));
  expect(result.current).toMatchObject({ rows: [1], next: "b", busy: false });
  fails = false;
  act(() => result.current.more());
  await waitFor(() => expect(result.current.rows).toEqual([1, 2]));
  expect(result.current.error).toBeNull();
});
