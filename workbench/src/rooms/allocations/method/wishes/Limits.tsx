import { Typography } from "@mui/material";
import { Advanced } from "../Advanced";
import { AmountsGrid } from "../AmountsGrid";
import { type AmountColumn, amountsOfLimits, limitsOfAmounts } from "../amounts";
import { useFault } from "../faults";
import { Refused } from "../Refused";
import { useConstraints } from "../useDraftParts";
import { accountsText, limitsFault } from "./wishes";

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
      <Advanced
        label={limited === 0 ? "Set limits" : `Limits of ${accountsText(limited)}`}
        open={limited > 0}
      >
        <AmountsGrid
          label="Limits by account"
          columns={COLUMNS}
          amounts={amountsOfLimits(limits)}
          onChange={(amounts) => {
            const next = limitsOfAmounts(amounts);
            change({ account_limits: Object.keys(next).length > 0 ? next : undefined });
          }}
          status={fault ?? (limited === 0 ? "No limits." : `Limits for ${accountsText(limited)}, in face.`)}
          statusIsGood={fault === null}
        />
      </Advanced>
      {limited === 0 && (
        <Typography variant="caption" color="textSecondary">
          In face; 0 as the most means that the account gets nothing.
        </Typography>
      )}
      <Refused path="constraints.account_limits" name={nameOf} />
    </>
  );
}

/** PPR-001.min is the least of that account; an id may have points itself. */
function nameOf(part: string): string {
  const column = COLUMNS.find(({ key }) => part.endsWith(`.${key}`));
  return column ? `${part.slice(0, -column.key.length - 1)}, ${column.header.toLowerCase()}` : part;
}
