import { Button } from "@mui/material";
import { Link } from "react-router-dom";
import { Empty } from "../../../kit/states";
import { StepFooter } from "../wizard/StepFooter";
import { stepAddress } from "../wizard/steps";

export default function EntryStep() {
  return (
    <>
      <Empty title="Order Entry" />
      <StepFooter>
        <Button component={Link} to={stepAddress("allocation-method")} variant="contained">
          Next
        </Button>
      </StepFooter>
    </>
  );
}
