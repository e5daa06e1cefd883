import { Button } from "@mui/material";
import { Link } from "react-router-dom";
import { Empty } from "../../../kit/states";
import { StepFooter } from "../wizard/StepFooter";
import { stepAddress } from "../wizard/steps";

export default function MethodStep() {
  return (
    <>
      <Empty title="Allocation Method" />
      <StepFooter back="order-entry">
        <Button component={Link} to={stepAddress("preview")} variant="contained">
          Preview
        </Button>
      </StepFooter>
    </>
  );
}
