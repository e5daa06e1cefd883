import { Alert } from "@mui/material";
import type { SystemStatus } from "../../../api/generated/api";
import { count } from "../../../kit/format";

/** Readable in both schemes. */
const LOUD = { bgcolor: "error.main", color: "error.contrastText", fontWeight: 650 } as const;

/** Where an order would go: said before it is sent, and loud where it is real. */
export function WhichAladdin({
  mode,
  orders = 1,
}: {
  mode: SystemStatus["mode"] | undefined;
  /** How many would go there. */
  orders?: number;
}) {
  const real = mode === "real";
  const one = orders === 1;
  return (
    <Alert
      severity={real ? "error" : "info"}
      variant={real ? "filled" : "outlined"}
      sx={real ? LOUD : undefined}
    >
      {mode === undefined
        ? "Which Aladdin this goes to is not known yet."
        : real
          ? `This is the REAL Aladdin: ${one ? "one block order leaves at once" : `${count(orders)} block orders leave, one after another`}.`
          : `This is the mock Aladdin: the ${one ? "order goes" : "orders go"} to the built-in simulator.`}
    </Alert>
  );
}
