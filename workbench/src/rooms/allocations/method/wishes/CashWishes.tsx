import { Stack } from "@mui/material";
import { useState } from "react";
import { useAppSelector } from "../../../../store";
import { selectDraft } from "../../draftSlice";
import { Choice, Flag, NumberInput } from "../fields";
import type { Option } from "../methods";
import { toFraction, toPercent } from "../numbers";
import { Refused } from "../Refused";
import { useConstraints } from "../useDraftParts";

type ReserveKind = "NONE" | "PERCENT" | "AMOUNT";

const RESERVES: readonly Option<ReserveKind>[] = [
  {
    value: "NONE",
    title: "None of this order",
    sentence: "What reference data holds back stays in any case.",
  },
  { value: "PERCENT", title: "Per cent of NAV", sentence: "This part of each account's NAV stays in cash." },
  { value: "AMOUNT", title: "Amount", sentence: "So much stays in each account, in its currency." },
];

/** BUY: cash that stays. SELL: what stays of a position. */
export function CashWishes() {
  const { side } = useAppSelector(selectDraft);
  const [constraints, change] = useConstraints();
  if (side === "SELL")
    return (
      <Flag
        label="What stays is nothing, or can be traded"
        help="Constraints.leave_tradable"
        path="constraints.leave_tradable"
        checked={constraints.leave_tradable ?? true}
        onChange={(checked) => change({ leave_tradable: checked ? undefined : false })}
      />
    );
  return (
    <Stack spacing={1}>
      <Flag
        label="No account spends more than its available cash"
        help="Constraints.respect_cash"
        path="constraints.respect_cash"
        checked={constraints.respect_cash ?? true}
        onChange={(checked) => change({ respect_cash: checked ? undefined : false })}
        why={constraints.cash_reserve ? "Cash has to count where a reserve stays." : undefined}
      />
      <Reserve />
    </Stack>
  );
}

function Reserve() {
  const [constraints, change] = useConstraints();
  const reserve = constraints.cash_reserve;
  const fraction = reserve?.percent_of_nav;
  const amount = reserve?.amount;
  const [kind, setKind] = useState<ReserveKind>(
    typeof fraction === "number" ? "PERCENT" : typeof amount === "number" ? "AMOUNT" : "NONE",
  );
  const off = constraints.respect_cash === false;
  return (
    <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", gap: 2 }}>
      <Choice
        label="Cash that stays"
        help="Constraints.cash_reserve"
        path="constraints.cash_reserve"
        options={RESERVES}
        value={kind}
        onChange={(next) => {
          setKind(next);
          change({ cash_reserve: undefined });
        }}
        disabled={off}
        why="Cash does not count in this order."
      />
      {kind === "PERCENT" && <PercentOfNav disabled={off} />}
      {kind === "AMOUNT" && (
        <NumberInput
          label="Amount in each account"
          help="CashReserve.amount"
          path="constraints.cash_reserve.amount"
          kind="money"
          value={amount ?? undefined}
          onChange={(value) => change({ cash_reserve: value === undefined ? undefined : { amount: value } })}
          disabled={off}
        />
      )}
      <Refused path="constraints.cash_reserve._schema" />
    </Stack>
  );
}

function PercentOfNav({ disabled }: { disabled: boolean }) {
  const [constraints, change] = useConstraints();
  const fraction = constraints.cash_reserve?.percent_of_nav;
  const percent = typeof fraction === "number" ? toPercent(fraction) : undefined;
  return (
    <NumberInput
      label="Per cent of NAV"
      help="CashReserve.percent_of_nav"
      path="constraints.cash_reserve.percent_of_nav"
      kind="percent"
      value={percent}
      onChange={(value) =>
        change({ cash_reserve: value === undefined ? undefined : { percent_of_nav: toFraction(value) } })
      }
      most={100}
      note={percent === undefined ? "Such as 0.5 for half a per cent" : `${percent} % of NAV`}
      disabled={disabled}
    />
  );
}
