/** A hint, and the part of the page that it is about: the element with this `data-hint`. */
export interface Hint {
  of: "bond" | "size" | "groups" | "next";
  title: string;
  text: string;
}

/** What a first-time user needs to know to make an order. */
export const HINTS: readonly Hint[] = [
  {
    of: "bond",
    title: "Choose a bond",
    text: "Type a CUSIP, an ISIN, a ticker, an issuer or words of the description, and choose with the arrow keys and Enter.",
  },
  {
    of: "size",
    title: "Type sizes as you speak them",
    text: "5mm is 5,000,000, 250k is 250,000, 1bn is 1,000,000,000. The full number always stands beside the field.",
  },
  {
    of: "groups",
    title: "Tick the groups that take part",
    text: "Beside each group stands what it could take of this order, after cash, positions and compliance.",
  },
  {
    of: "next",
    title: "Go on by keyboard",
    text: "Ctrl Enter goes to the next step, Alt 1 to Alt 3 open one, Ctrl K finds anything, and ? lists all keys. Nothing is sent before you commit.",
  },
];
