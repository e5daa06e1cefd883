import { Empty } from "../../../kit/states";
import { StepFooter } from "../wizard/StepFooter";

export default function PreviewStep() {
  return (
    <>
      <Empty title="Preview & Commit" />
      <StepFooter back="allocation-method">{null}</StepFooter>
    </>
  );
}
