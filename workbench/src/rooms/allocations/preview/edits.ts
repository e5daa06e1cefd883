import { face } from "../../../kit/format";
import { type QuantityRules, readQuantity } from "../../../kit/quantity";

export type ReadEdit =
  | { kind: "EDIT"; face: number }
  /** Nothing was typed, or what is there already. */
  | { kind: "NONE" }
  | { kind: "FAULT"; message: string };

/** What was typed into the quantity of an account; `present` is what it gets. */
export function readEdit(text: string, m: QuantityRules["m"], present: number | undefined): ReadEdit {
  const reading = readQuantity(text, { m, zero: true, decimals: 2 });
  switch (reading.kind) {
    case "EMPTY":
      return { kind: "NONE" };
    case "FAULT":
      return { kind: "FAULT", message: reading.message };
    case "ASK":
      return {
        kind: "FAULT",
        message: `${face(reading.small)} or ${face(reading.large)}? Type ${reading.small}mm for ${face(reading.large)}.`,
      };
    case "VALUE":
      return reading.value === present ? { kind: "NONE" } : { kind: "EDIT", face: reading.value };
  }
}
