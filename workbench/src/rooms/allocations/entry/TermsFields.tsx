import { Box, TextField } from "@mui/material";
import type { UseFormReturn } from "react-hook-form";
import { type PricedOrder, useGetDeskQuery, useGetSecurityQuery } from "../../../api/generated/api";
import { readDate } from "../../../kit/dates";
import { price as priceWords } from "../../../kit/format";
import { Help } from "../../../kit/Help";
import type { EntryValues } from "./faults";
import { distanceText, priceDistance, readPrice, weekday } from "./numbers";

/** Settlement date and price: what is standard when they are left empty, and how far they are from it. */
export function TermsFields({
  form,
  errors,
  priced,
}: {
  form: UseFormReturn<EntryValues>;
  errors: { settlementDate?: string; priceText?: string };
  priced: PricedOrder | null;
}) {
  const { security, settlementDate, priceText } = form.watch();
  const { currentData: bond } = useGetSecurityQuery(
    { securityId: security?.cusip ?? "" },
    { skip: !security },
  );
  const { data: desk } = useGetDeskQuery();
  const day = readDate(settlementDate);
  const reading = readPrice(priceText);
  const market = bond?.price ?? null;
  const typed = reading.kind === "VALUE" && market !== null ? reading.value : null;
  const far =
    typed !== null &&
    market !== null &&
    desk !== undefined &&
    Math.abs(priceDistance(typed, market).fraction) * 100 > desk.price_band_percent;
  const standard = bond ? `Standard: T+${bond.settle_days}` : "Standard when empty";
  const priceHelp =
    typed !== null && market !== null
      ? `${distanceText(typed, market)}${far ? `: more than the band of ${desk?.price_band_percent} %` : ""}`
      : market === null
        ? "The market's when empty"
        : `Market ${priceWords(market)}${bond?.price_date ? ` of ${bond.price_date}` : ""}`;
  return (
    <Box sx={{ display: "grid", gridTemplateColumns: { xs: "1fr", sm: "1fr 1fr" }, gap: 1.5 }}>
      <TextField
        label="Settlement date"
        placeholder="YYYY-MM-DD"
        autoComplete="off"
        slotProps={{
          inputLabel: { shrink: true },
          input: { endAdornment: <Help of="OrderRequest.settlement_date" label="settlement date" /> },
        }}
        {...form.register("settlementDate")}
        error={!!errors.settlementDate}
        helperText={
          errors.settlementDate ??
          (day ? weekday(day) : priced ? `${standard}, ${priced.settlement_date}` : standard)
        }
      />
      <TextField
        label="Price"
        placeholder={market === null ? "" : String(market)}
        autoComplete="off"
        slotProps={{
          inputLabel: { shrink: true },
          input: { endAdornment: <Help of="OrderRequest.price" label="price" /> },
          formHelperText: { sx: { color: far ? "warning.main" : undefined, fontWeight: far ? 650 : 400 } },
        }}
        {...form.register("priceText")}
        color={far ? "warning" : undefined}
        error={!!errors.priceText}
        helperText={errors.priceText ?? priceHelp}
      />
    </Box>
  );
}
