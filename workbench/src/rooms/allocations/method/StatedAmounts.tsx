import { MenuItem, Stack, TextField } from "@mui/material";
import { useState } from "react";
import type { StatedType } from "../../../api/generated/api";
import { helpTexts } from "../../../api/generated/help";
import { useAppSelector } from "../../../store";
import { selectDraft } from "../draftSlice";
import { AmountsGrid } from "./AmountsGrid";
import {
  type AmountColumn,
  type Amounts,
  amountsOfStated,
  statedOfAmounts,
  statedText,
  UNIT_WORDS,
} from "./amounts";
import { useFault } from "./faults";
import { Choice, Flag } from "./fields";
import { REMAINDERS } from "./methods";
import { Refused } from "./Refused";
import { useParameters } from "./useDraftParts";

const COLUMNS: AmountColumn[] = [
  { key: "value", header: "Amount", kind: "stated", needed: true, most: 100 },
  { key: "unit", header: "Unit", kind: "unit" },
  {
    key: "min",
    header: "Least",
    kind: "stated",
    most: 100,
    hint: helpTexts["StatedAmount.min_value"],
  },
  { key: "max", header: "Most", kind: "stated", most: 100, hint: helpTexts["StatedAmount.max_value"] },
  { key: "priority", header: "Priority", kind: "rank", hint: helpTexts["StatedAmount.priority"] },
];

/** Amounts that accounts are to get, in face, money or per cent of the order, and what becomes of the rest. */
export function StatedAmounts() {
  const [parameters, change] = useParameters("CUSTOM_WEIGHTS");
  const { size, sizeKind } = useAppSelector(selectDraft);
  const stated = parameters.allocations ?? [];
  const [unit, setUnit] = useState<StatedType>(stated[0]?.type ?? "QUANTITY");
  const amounts = amountsOfStated(stated);
  const take = (next: Amounts) => {
    const allocations = statedOfAmounts(next);
    change({ allocations: allocations.length > 0 ? allocations : undefined });
  };
  useFault("Stated amounts", stated.length > 0 ? null : "No amounts yet: at least one above 0 is needed.");
  return (
    <>
      <AmountsGrid
        label="Stated amounts by account"
        columns={COLUMNS}
        amounts={amounts}
        onChange={take}
        defaults={{ unit }}
        status={statedText(amounts, sizeKind === "quantity" ? size : null)}
        statusIsGood={stated.length > 0}
      >
        <TextField
          select
          label="Unit of new amounts"
          value={unit}
          onChange={(event) => setUnit(event.target.value as StatedType)}
          sx={{ width: 180, mr: 1 }}
        >
          {Object.entries(UNIT_WORDS).map(([value, words]) => (
            <MenuItem key={value} value={value}>
              {words}
            </MenuItem>
          ))}
        </TextField>
      </AmountsGrid>
      <Refused path="parameters.allocations" name={(part) => nameOf(part, stated)} />
      <Rest />
    </>
  );
}

/** What becomes of the rest of the order, and of amounts that cannot be had in full. */
function Rest() {
  const [parameters, change] = useParameters("CUSTOM_WEIGHTS");
  return (
    <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", columnGap: 3, rowGap: 1 }}>
      <Choice
        label="What the amounts leave of the order"
        help="Parameters.remainder_handling"
        path="parameters.remainder_handling"
        options={REMAINDERS}
        value={parameters.remainder_handling ?? "NONE"}
        onChange={(remainder_handling) => change({ remainder_handling })}
      />
      <Flag
        label="Accounts may get a part of their amount"
        help="Parameters.allow_partial"
        path="parameters.allow_partial"
        checked={parameters.allow_partial ?? false}
        onChange={(checked) => change({ allow_partial: checked || undefined })}
      />
    </Stack>
  );
}

/** 3.value of the list is an account's amount. */
function nameOf(part: string, stated: readonly { account_id: string }[]): string {
  const [at = "", ...field] = part.split(".");
  return [stated[Number(at)]?.account_id ?? at, ...field].join(", ");
}
