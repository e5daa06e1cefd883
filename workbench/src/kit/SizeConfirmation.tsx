import { Checkbox, FormControlLabel } from "@mui/material";
import { useGetDeskQuery } from "../api/generated/api";
import { face } from "./format";
import { numberInWords } from "./numberWords";
import { wantsConfirmation } from "./quantityRules";

/** Asks whether a face above the desk's warning size is meant, in full numbers and words; else nothing. */
export function SizeConfirmation({
  value,
  confirmed,
  onConfirm,
}: {
  value: number | null;
  /** The face that was confirmed: another one is asked about anew. */
  confirmed: number | null;
  onConfirm: (value: number | null) => void;
}) {
  const { data: desk } = useGetDeskQuery();
  if (value === null || !wantsConfirmation(value, desk)) return null;
  return (
    <FormControlLabel
      sx={{ alignItems: "flex-start", color: "warning.main", mr: 0, "& .MuiTypography-root": { pt: 0.25 } }}
      control={
        <Checkbox
          color="warning"
          sx={{ py: 0.25 }}
          checked={confirmed === value}
          onChange={(_event, checked) => onConfirm(checked ? value : null)}
        />
      }
      label={`${face(value)} (${numberInWords(value)}) is meant. It is more than ${face(desk?.warn_above_quantity)}, the desk's warning size.`}
    />
  );
}
