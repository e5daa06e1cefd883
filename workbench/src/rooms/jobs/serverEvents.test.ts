import { eventReader } from "./serverEvents";

test("events are read whole, however they are cut", () => {
  const read = eventReader();
  expect(read("retry: 1000\n\nid: 3\nevent: job\nda")).toEqual([]);
  expect(read('ta: {"done":1}\n\nid: 4\ndata: {"done":2}\n\nid: 5')).toEqual([
    { id: "3", data: '{"done":1}' },
    { id: "4", data: '{"done":2}' },
  ]);
  expect(read("\ndata: end\r\n\r\n")).toEqual([{ id: "5", data: "end" }]);
});

test("comments are no events, and data over lines is one", () => {
  expect(eventReader()(": still here\n\ndata: a\ndata: b\n\n")).toEqual([{ id: null, data: "a\nb" }]);
});
