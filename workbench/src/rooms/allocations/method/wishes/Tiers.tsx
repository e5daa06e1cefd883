import { Stack, Typography } from "@mui/material";
import { Help } from "../../../../kit/Help";
import { useAppDispatch, useAppSelector } from "../../../../store";
import { parametersChanged, selectDraft } from "../../draftSlice";
import { Refused } from "../Refused";
import { useGroupAccounts } from "../useGroupAccounts";
import { AccountsField } from "./AccountsField";

const MOST = 20;
/** Methods that serve tiers; what is said for one holds for the other, so that they can be compared. */
const TIERED = ["PRO_RATA", "MIN_DISPERSION"] as const;

/** Accounts that are served before the others, tier by tier. */
export function Tiers() {
  const dispatch = useAppDispatch();
  const { method, parameters, constraints } = useAppSelector(selectDraft);
  const { data: accounts = [] } = useGroupAccounts();
  if (method === "CUSTOM_WEIGHTS")
    return <Typography color="textSecondary">Custom weights state each part, and use no tiers.</Typography>;
  const tiers = parameters[method]?.tiers ?? [];
  const out = new Set((constraints.exclude_accounts ?? []).map(({ account_id }) => account_id));
  const put = (next: string[][]) => {
    const tiersLeft = next.filter((tier) => tier.length > 0);
    for (const one of TIERED) {
      const { tiers: _, ...rest } = parameters[one] ?? {};
      const changed = tiersLeft.length > 0 ? { ...rest, tiers: tiersLeft } : rest;
      dispatch(parametersChanged({ method: one, parameters: changed }));
    }
  };
  const rows = tiers.length < MOST ? [...tiers, []] : tiers;
  return (
    <Stack spacing={1}>
      {rows.map((tier, at) => {
        const elsewhere = new Set(tiers.flatMap((other, place) => (place === at ? [] : other)));
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a tier is its place.
          <Stack key={`tier-${at}`} direction="row">
            <AccountsField
              label={at === tiers.length ? `Tier ${at + 1} (to add)` : `Tier ${at + 1}`}
              accounts={accounts.filter(({ account_id: id }) => !elsewhere.has(id) && !out.has(id))}
              value={tier}
              onChange={(ids) => put(rows.map((other, place) => (place === at ? ids : other)))}
              error={tier.some((id) => out.has(id)) ? "An excluded account cannot be served." : undefined}
            />
            {at === 0 && <Help of="Parameters.tiers" label="tiers" />}
          </Stack>
        );
      })}
      <Typography variant="caption" color="textSecondary">
        The first tier is served before the second; accounts in none come last.
      </Typography>
      <Refused path="parameters.tiers" name={(part) => `Tier ${Number(part.split(".")[0]) + 1}`} />
    </Stack>
  );
}
