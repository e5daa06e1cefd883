import { Typography } from "@mui/material";
import { Advanced } from "../Advanced";
import { AmountsGrid } from "../AmountsGrid";
import { type AmountColumn, amountsOfLimits, limitsOfAmounts } from "../amounts";
import { useFault } from "../faults";
import { Refused } from "../Refused";
import { useConstraints } from "../useDraftParts";
import { limitsFault } from "./wishes";

const COLUMNS: AmountColumn[] = [
  { key: "min", header: "Least", kind: "face" },
  { key: "max", header: "Most", kind: "face" },
  { key: "fixed", header: "Exactly", kind: "face" },
];

/** Bounds on what single accounts get, in face. */
export function Limits() {
  const [constraints, change] = useConstraints();
  const limits = constraints.account_limits ?? {};
  const limited = Object.keys(limits).length;
  const fault = limitsFault(limits);
  useFault("Limits by account", fault);
  return (
    <>
      <Advanced label={limited === 0 ? "Set limits" : `Limits of ${limited} accounts`} open={limited > 0}>
        <AmountsGrid
          label="Limits by account"
          columns={COLUMNS}
          amounts={amountsOfLimits(limits)}
          onChange={(amounts) => {
            const next = limitsOfAmounts(amounts);
            change({ account_limits: Object.keys(next).length > 0 ? next : undefined });
          }}
          status={fault ?? (limited === 0 ? "No limits." : `Limits for ${limited} accounts, in face.`)}
          statusIsGood={fault === null}
        />
      </Advanced>
      {limited === 0 && (
        <Typography variant="caption" color="text.secondary">
          In face; 0 as the most means that the account gets nothing.
        </Typography>
      )}
      <Refused path="constraints.account_limits" name={(part) => part.replace(".", ", ")} />
    </>
  );
}
