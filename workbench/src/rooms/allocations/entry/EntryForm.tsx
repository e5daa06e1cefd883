import { Box, Button } from "@mui/material";
import { useNavigate } from "react-router-dom";
import { useGetFairnessPolicyQuery } from "../../../api/generated/api";
import { StepFooter } from "../wizard/StepFooter";
import { ENTRY_FORM, stepAddress } from "../wizard/steps";
import { BondSide } from "./BondSide";
import { ENTRY_GRID } from "./FirstField";
import { OrderFields } from "./OrderFields";
import { useEntryForm } from "./useEntryForm";

/** All of step 1. `replaced`: it takes the place of fields of another order. */
export default function EntryForm({ replaced }: { replaced: boolean }) {
  const navigate = useNavigate();
  const entry = useEntryForm();
  // The next step shows it above what would move when it came.
  useGetFairnessPolicyQuery({});
  const { form } = entry;
  return (
    <Box
      component="form"
      id={ENTRY_FORM}
      noValidate
      aria-label="Order Entry"
      onSubmit={form.handleSubmit(() => navigate(stepAddress("allocation-method")))}
    >
      <Box sx={ENTRY_GRID}>
        <OrderFields entry={entry} replaced={replaced} />
        <BondSide bond={form.watch("security")} />
      </Box>
      <StepFooter>
        <Button type="submit" variant="contained" data-hint="next">
          Next
        </Button>
      </StepFooter>
    </Box>
  );
}
