import { Suspense, useRef } from "react";
import { lateComponent } from "../../../kit/late";
import { useAppSelector } from "../../../store";
import { selectDraft } from "../draftSlice";
import { FirstField } from "./FirstField";

const EntryForm = lateComponent(() => import("./EntryForm"));

/** Another order in the place of this one begins with fields of its own. */
export default function EntryStep() {
  const { revision } = useAppSelector(selectDraft);
  const first = useRef(revision);
  return (
    <Suspense fallback={<FirstField />}>
      <EntryForm key={revision} replaced={revision !== first.current} />
    </Suspense>
  );
}
