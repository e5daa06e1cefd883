import { Box, Button } from "@mui/material";
import { useRef } from "react";
import { useNavigate } from "react-router-dom";
import { useAppSelector } from "../../../store";
import { selectDraft } from "../draftSlice";
import { StepFooter } from "../wizard/StepFooter";
import { ENTRY_FORM, stepAddress } from "../wizard/steps";
import { BondSide } from "./BondSide";
import { OrderFields } from "./OrderFields";
import { useEntryForm } from "./useEntryForm";

/** Another order in the place of this one begins with fields of its own. */
export default function EntryStep() {
  const { revision } = useAppSelector(selectDraft);
  const first = useRef(revision);
  return <EntryForm key={revision} replaced={revision !== first.current} />;
}

function EntryForm({ replaced }: { replaced: boolean }) {
  const navigate = useNavigate();
  const entry = useEntryForm();
  const { form } = entry;
  return (
    <Box
      component="form"
      id={ENTRY_FORM}
      noValidate
      aria-label="Order Entry"
      onSubmit={form.handleSubmit(() => navigate(stepAddress("allocation-method")))}
    >
      <Box
        sx={{
          display: "grid",
          gap: 3,
          gridTemplateColumns: { xs: "minmax(0, 1fr)", lg: "minmax(0, 1.25fr) minmax(0, 1fr)" },
        }}
      >
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
