import { Alert } from "@mui/material";
import type { SystemStatus } from "../../../api/generated/api";

/** Readable in both schemes. */
const LOUD = { bgcolor: "error.main", color: "error.contrastText", fontWeight: 650 } as const;

/** Where an order would go: said before it is sent, and loud where it is real. */
export function WhichAladdin({ mode }: { mode: SystemStatus["mode"] | undefined }) {
  const real = mode === "real";
  return (
    <Alert
      severity={real ? "error" : "info"}
      variant={real ? "filled" : "outlined"}
      sx={real ? LOUD : undefined}
    >
      {mode === undefined
        ? "Which Aladdin this goes to is not known yet."
        : real
          ? "This is the REAL Aladdin: one block order leaves at once."
          : "This is the mock Aladdin: the order goes to the built-in simulator."}
    </Alert>
  );
}
