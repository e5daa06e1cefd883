/**
 * FDC3, by which the programs of a desktop tell each other which bond is looked at. Only what is used here is
 * described; `window.fdc3` is put there by the desktop's container. What arrives shows something: it never sends or
 * changes an order that is complete.
 */
export interface Instrument {
  type: string;
  name?: string;
  id?: Record<string, string | undefined>;
}

interface DesktopAgent {
  addIntentListener(intent: string, handler: (context: Instrument) => void): Promise<Listener>;
  addContextListener(type: string, handler: (context: Instrument) => void): Promise<Listener>;
  broadcast(context: Instrument): Promise<void>;
}

interface Listener {
  unsubscribe(): unknown;
}

declare global {
  interface Window {
    fdc3?: DesktopAgent;
  }
}

export const INSTRUMENT = "fdc3.instrument";
const CUSIP = /^[0-9A-Z*@#]{8}[0-9]$/;
const ISIN = /^[A-Z]{2}[0-9A-Z]{9}[0-9]$/;

/**
 * CUSIP or ISIN of an instrument. Never its ticker, which is the issuer's and names many bonds; null too where both
 * ids are there and name different bonds.
 */
export function securityIdOf(context: Instrument): string | null {
  if (context.type !== INSTRUMENT) return null;
  const cusip = context.id?.CUSIP?.trim().toUpperCase();
  const isin = context.id?.ISIN?.trim().toUpperCase();
  if (cusip !== undefined && !CUSIP.test(cusip)) return null;
  if (isin !== undefined && !ISIN.test(isin)) return null;
  const american = isin !== undefined && /^(US|CA)/.test(isin);
  if (cusip !== undefined && american && isin.slice(2, 11) !== cusip) return null;
  return cusip ?? isin ?? null;
}

/** A bond as other programs read it; the issuer's ticker would name another instrument, and is left out. */
export function instrumentOf(bond: { cusip: string; isin: string | null; description: string }): Instrument {
  return {
    type: INSTRUMENT,
    name: bond.description,
    id: { CUSIP: bond.cusip, ...(bond.isin ? { ISIN: bond.isin } : {}) },
  };
}

export type Arrival = "ViewOrders" | "ViewHoldings" | "CONTEXT";

/** What becomes of an instrument that arrives while a page is shown. */
export type Reaction =
  | { kind: "OPEN"; to: string }
  /** The bond of the order that is being entered and has none yet. */
  | { kind: "SELECT" }
  /** It is the bond of the order already. */
  | { kind: "NOTHING" }
  /** Said, with a link: what the user is doing is not taken away. */
  | { kind: "TELL"; to: string };

export function reactionTo(
  arrival: Arrival,
  securityId: string,
  place: { pathname: string; orderBond: string | null },
): Reaction {
  const page = `/securities/${encodeURIComponent(securityId)}`;
  if (arrival === "ViewOrders")
    return { kind: "OPEN", to: `/orders?show=all&text=${encodeURIComponent(securityId)}` };
  if (arrival === "ViewHoldings" || place.pathname.startsWith("/securities/"))
    return { kind: "OPEN", to: page };
  if (place.orderBond === securityId) return { kind: "NOTHING" };
  if (place.pathname === "/workbench/order-entry" && place.orderBond === null) return { kind: "SELECT" };
  return { kind: "TELL", to: page };
}

/** Listen to the desktop; returns how to stop. Waits for a container that comes after the page. */
export function listen(onArrival: (arrival: Arrival, context: Instrument) => void): () => void {
  let stopped = false;
  const listeners: Promise<Listener>[] = [];
  const begin = () => {
    const agent = window.fdc3;
    if (!agent || stopped) return;
    listeners.push(
      agent.addIntentListener("ViewOrders", (context) => onArrival("ViewOrders", context)),
      agent.addIntentListener("ViewHoldings", (context) => onArrival("ViewHoldings", context)),
      agent.addContextListener(INSTRUMENT, (context) => onArrival("CONTEXT", context)),
    );
    for (const listener of listeners) listener.catch(() => null);
  };
  if (window.fdc3) begin();
  else window.addEventListener("fdc3Ready", begin, { once: true });
  return () => {
    stopped = true;
    window.removeEventListener("fdc3Ready", begin);
    for (const listener of listeners)
      void listener.then(
        (found) => found.unsubscribe(),
        () => null,
      );
  };
}

/** Tell the desktop which bond is looked at; one without a container does not hear it. */
export function broadcast(bond: Parameters<typeof instrumentOf>[0]): void {
  window.fdc3?.broadcast(instrumentOf(bond)).catch(() => null);
}
