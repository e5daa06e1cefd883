import { accessToken } from "../../session/token";
import { eventsBetween, keepSending, noteCommit, noteUsage, placeOf, sendUsage } from "./usage";

test.each([
  ["/workbench/order-entry", { page: "workbench", step: "order-entry" }],
  ["/workbench/preview", { page: "workbench", step: "preview" }],
  ["/workbench", { page: "workbench", step: null }],
  ["/allocations/9b2f5e0c-7f0e-4c41-8b9e-0f6f4e4f7a11", { page: "history", step: null }],
  ["/admin/users/u-1", { page: "admin", step: null }],
  ["/securities/91282CKF7", { page: null, step: null }],
  ["/", { page: null, step: null }],
])("%s", (pathname, place) => {
  expect(placeOf(pathname)).toEqual(place);
});

test("a step that is left counts with its time, a page once when it is opened", () => {
  expect(eventsBetween(null, "/workbench/order-entry", 0)).toEqual([{ kind: "PAGE", name: "workbench" }]);
  expect(eventsBetween("/workbench/order-entry", "/workbench/preview", 1234.6)).toEqual([
    { kind: "STEP", name: "order-entry", milliseconds: 1_235 },
  ]);
  expect(eventsBetween("/workbench/preview", "/orders", 10)).toEqual([
    { kind: "STEP", name: "preview", milliseconds: 10 },
    { kind: "PAGE", name: "orders" },
  ]);
  expect(eventsBetween("/orders", "/orders/123", 5)).toEqual([]);
  expect(eventsBetween("/workbench/preview", "/workbench/preview", 5)).toEqual([]);
});

describe("sending", () => {
  const post = vi.fn(() => Promise.resolve(new Response()));
  const sent = () =>
    post.mock.calls.map((call) => JSON.parse((call as unknown as [string, RequestInit])[1].body as string));

  beforeEach(() => {
    vi.stubGlobal("fetch", post);
    accessToken.set("t");
    sendUsage();
    post.mockClear();
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  test("a commit has the time since its order was begun", () => {
    noteCommit(1_000, 61_000);
    sendUsage();
    expect(sent()).toEqual([
      {
        events: [
          { kind: "STEP", name: "commit" },
          { kind: "ORDER_TO_COMMIT", name: "commit", milliseconds: 60_000 },
        ],
      },
    ]);
  });

  test("events are sent together every 15 seconds and when the page is left, each once", () => {
    vi.useFakeTimers();
    const stop = keepSending();
    noteUsage({ kind: "PAGE", name: "orders" });
    noteUsage({ kind: "PAGE", name: "audit" });
    vi.advanceTimersByTime(15_000);
    vi.advanceTimersByTime(15_000);
    expect(sent()).toEqual([
      {
        events: [
          { kind: "PAGE", name: "orders" },
          { kind: "PAGE", name: "audit" },
        ],
      },
    ]);
    noteUsage({ kind: "PAGE", name: "system" });
    window.dispatchEvent(new Event("pagehide"));
    expect(sent()).toHaveLength(2);
    stop();
  });

  test("nothing is sent without a session, and a failure is nobody's business", async () => {
    accessToken.set(null);
    noteUsage({ kind: "PAGE", name: "orders" });
    sendUsage();
    expect(post).not.toHaveBeenCalled();
    accessToken.set("t");
    post.mockRejectedValueOnce(new TypeError("no network"));
    sendUsage();
    await Promise.resolve();
    expect(post).toHaveBeenCalledTimes(1);
  });

  test("no more than 100 wait, the newest", () => {
    for (let i = 0; i < 120; i += 1) noteUsage({ kind: "PAGE", name: i === 0 ? "audit" : "orders" });
    sendUsage();
    const [{ events }] = sent() as { events: { name: string }[] }[] as [{ events: { name: string }[] }];
    expect(events).toHaveLength(100);
    expect(events.some(({ name }) => name === "audit")).toBe(false);
  });
});
