import { Box } from "@mui/material";
import { useState } from "react";
import { Field } from "../../../kit/Field";
import { Loading } from "../../../kit/states";
import { useAppSelector } from "../../../store";
import { noteBegunSearch } from "../../securities/begunSearch";
import { selectDraft } from "../draftSlice";

/** The fields on the left; on a wide screen the bond on the right. */
export const ENTRY_GRID = {
  display: "grid",
  gap: 3,
  gridTemplateColumns: { xs: "minmax(0, 1fr)", lg: "minmax(0, 1.25fr) minmax(0, 1fr)" },
} as const;

const REST_HEIGHT = 620;

/**
 * The field that an order begins with, while the form is loaded: a bond can be typed as soon as the page is there, and
 * the form goes on with it.
 */
export function FirstField() {
  const { security } = useAppSelector(selectDraft);
  const [typed, setTyped] = useState("");
  return (
    <Box sx={ENTRY_GRID}>
      <Box sx={{ display: "grid", gap: 1.5 }}>
        <Box sx={{ maxWidth: "calc(100% - 170px)" }}>
          <Field
            label="Bond"
            fullWidth
            autoComplete="off"
            placeholder="CUSIP, ISIN, ticker, issuer or words"
            value={security?.description ?? typed}
            readOnly={security !== null}
            autoFocus={security === null}
            helperText=" "
            slotProps={{
              input: {
                role: "combobox",
                "aria-expanded": false,
                "aria-autocomplete": "list",
                spellCheck: false,
              },
            }}
            onChange={({ target }) => {
              setTyped(target.value);
              noteBegunSearch({ text: target.value });
            }}
            onFocus={() => noteBegunSearch({ focused: true })}
            onBlur={() => noteBegunSearch({ focused: false })}
          />
        </Box>
        <Loading label="Loading the order" height={REST_HEIGHT} />
      </Box>
    </Box>
  );
}
