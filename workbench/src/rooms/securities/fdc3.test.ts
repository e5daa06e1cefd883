import { broadcast, type Instrument, instrumentOf, listen, reactionTo, securityIdOf } from "./fdc3";

const of = (id: Record<string, string>): Instrument => ({ type: "fdc3.instrument", id });

test.each<[string, Instrument, string | null]>([
  ["a CUSIP", of({ CUSIP: "91282CKF7" }), "91282CKF7"],
  ["an ISIN", of({ ISIN: "US91282CKF76" }), "US91282CKF76"],
  ["both of one bond", of({ CUSIP: " 91282ckf7 ", ISIN: "US91282CKF76" }), "91282CKF7"],
  ["both of different bonds", of({ CUSIP: "91282CKE0", ISIN: "US91282CKF76" }), null],
  ["a ticker alone", of({ ticker: "T" }), null],
  ["a ticker beside a CUSIP", of({ ticker: "AAPL", CUSIP: "91282CKF7" }), "91282CKF7"],
  ["a CUSIP that is none", of({ CUSIP: "T" }), null],
  ["an ISIN that is none", of({ ISIN: "91282CKF7" }), null],
  ["another context", { type: "fdc3.contact", id: { CUSIP: "91282CKF7" } }, null],
  ["no ids", { type: "fdc3.instrument" }, null],
])("%s", (_case, context, id) => {
  expect(securityIdOf(context)).toBe(id);
});

test("a bond is told by its ids, without the issuer's ticker", () => {
  const bond = {
    cusip: "91282CKF7",
    isin: "US91282CKF76",
    description: "US Treasury 4 10/31/2031",
    ticker: "T",
  };
  expect(instrumentOf(bond)).toEqual({
    type: "fdc3.instrument",
    name: "US Treasury 4 10/31/2031",
    id: { CUSIP: "91282CKF7", ISIN: "US91282CKF76" },
  });
  expect(instrumentOf({ ...bond, isin: null }).id).toEqual({ CUSIP: "91282CKF7" });
});

test("what arrives opens a page, or chooses the bond of an order that has none; it never changes one that has", () => {
  const entry = { pathname: "/workbench/order-entry", orderBond: null };
  expect(reactionTo("CONTEXT", "91282CKF7", entry)).toEqual({ kind: "SELECT" });
  expect(reactionTo("CONTEXT", "91282CKF7", { ...entry, orderBond: "91282CKE0" })).toEqual({
    kind: "TELL",
    to: "/securities/91282CKF7",
  });
  expect(reactionTo("CONTEXT", "91282CKF7", { ...entry, pathname: "/workbench/preview" })).toEqual({
    kind: "TELL",
    to: "/securities/91282CKF7",
  });
  expect(reactionTo("CONTEXT", "91282CKF7", { ...entry, pathname: "/securities/91282CKE0" })).toEqual({
    kind: "OPEN",
    to: "/securities/91282CKF7",
  });
  expect(reactionTo("CONTEXT", "91282CKF7", { ...entry, orderBond: "91282CKF7" })).toEqual({
    kind: "NOTHING",
  });
  expect(reactionTo("ViewOrders", "91282CKF7", entry)).toEqual({
    kind: "OPEN",
    to: "/orders?show=all&text=91282CKF7",
  });
  expect(reactionTo("ViewHoldings", "91282CKF7", entry)).toEqual({
    kind: "OPEN",
    to: "/securities/91282CKF7",
  });
});

describe("with a desktop", () => {
  const handlers = new Map<string, (context: Instrument) => void>();
  const unsubscribe = vi.fn();
  const add = (name: string, handler: (context: Instrument) => void) => {
    handlers.set(name, handler);
    return Promise.resolve({ unsubscribe });
  };
  const agent = {
    addIntentListener: add,
    addContextListener: add,
    broadcast: vi.fn(() => Promise.resolve()),
  };

  afterEach(() => {
    delete window.fdc3;
    handlers.clear();
    vi.clearAllMocks();
  });

  test("three listeners are set, and taken away again", async () => {
    window.fdc3 = agent;
    const arrived = vi.fn();
    const stop = listen(arrived);
    expect([...handlers.keys()]).toEqual(["ViewOrders", "ViewHoldings", "fdc3.instrument"]);
    handlers.get("ViewOrders")?.(of({ CUSIP: "91282CKF7" }));
    expect(arrived).toHaveBeenCalledWith("ViewOrders", of({ CUSIP: "91282CKF7" }));
    stop();
    await vi.waitFor(() => expect(unsubscribe).toHaveBeenCalledTimes(3));
  });

  test("a container that comes late is listened to", () => {
    const stop = listen(vi.fn());
    window.fdc3 = agent;
    window.dispatchEvent(new Event("fdc3Ready"));
    expect(handlers.size).toBe(3);
    stop();
  });

  test("a bond is broadcast, and without a desktop nothing happens", () => {
    broadcast({ cusip: "91282CKF7", isin: null, description: "A" });
    expect(agent.broadcast).not.toHaveBeenCalled();
    window.fdc3 = agent;
    broadcast({ cusip: "91282CKF7", isin: null, description: "A" });
    expect(agent.broadcast).toHaveBeenCalledWith({
      type: "fdc3.instrument",
      name: "A",
      id: { CUSIP: "91282CKF7" },
    });
  });
});
