import { Stack } from "@mui/material";
import { Advanced } from "./Advanced";
import { AmountsGrid } from "./AmountsGrid";
import { type AmountColumn, amountsOfBase, baseOfAmounts } from "./amounts";
import { Choice } from "./fields";
import { METRIC_PATHS, MetricFields } from "./MetricFields";
import { BASES, wantsAmounts } from "./methods";
import { Refused } from "./Refused";
import { useParameters } from "./useDraftParts";
import { amountsText } from "./weights";

const COLUMNS: Record<"ORDER_SIZE" | "CUSTOM", AmountColumn[]> = {
  ORDER_SIZE: [{ key: "amount", header: "Own order, face", kind: "face", needed: true }],
  CUSTOM: [{ key: "amount", header: "Amount", kind: "parts", needed: true }],
};

/** PRO_RATA: what shares are in proportion to. */
export function ProRataParameters() {
  const [parameters, change] = useParameters("PRO_RATA");
  const base = parameters.base_metric ?? "NAV";
  const amounts = amountsOfBase(parameters);
  return (
    <Stack spacing={2}>
      <Choice
        label="Shares in proportion to"
        help="Parameters.base_metric"
        path="parameters.base_metric"
        options={BASES}
        value={base}
        onChange={(base_metric) =>
          change({ base_metric, ...(wantsAmounts(base_metric) ? {} : { base_amounts: undefined }) })
        }
      />
      {(base === "ORDER_SIZE" || base === "CUSTOM") && (
        <>
          <AmountsGrid
            key={base}
            label={base === "ORDER_SIZE" ? "Own orders by account" : "Amounts by account"}
            columns={COLUMNS[base]}
            amounts={amounts}
            onChange={(next) => change({ base_amounts: baseOfAmounts(next) })}
            status={amountsText(amounts, "amount", base === "ORDER_SIZE" ? "face" : "")}
            statusIsGood={Object.keys(amounts).length > 0}
          />
          <Refused path="parameters.base_amounts" />
        </>
      )}
      {base === "GAP" ? (
        <MetricFields method="PRO_RATA" />
      ) : (
        <Advanced label="Metric that is reported" paths={METRIC_PATHS}>
          <MetricFields method="PRO_RATA" />
        </Advanced>
      )}
    </Stack>
  );
}
