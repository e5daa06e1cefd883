import { Alert, Typography } from "@mui/material";
import { lazy, Suspense, useState } from "react";
import { useNavigate } from "react-router-dom";
import { type Comparison, type ShownVariant, useChooseVariantMutation } from "../../../api/generated/api";
import { sendSafely } from "../../../api/safely";
import { face, price } from "../../../kit/format";
import { IdLink, PAGE_OF } from "../../../kit/links";
import { SideMark } from "../../../kit/Side";
import { ErrorNote, Loading } from "../../../kit/states";
import { usePermission } from "../../../session/usePermission";
import { useAppDispatch, useAppStore } from "../../../store";
import { draftChanged, previewMade, requestText, selectDraft } from "../draftSlice";
import { Section } from "../method/Section";
import { timeInWords } from "../preview/expiry";
import { statedConstraints, statedParameters } from "../preview/inputsAgain";
import { useSecondsLeft } from "../preview/useSecondsLeft";
import { stepAddress } from "../wizard/steps";
import { AccountsTable } from "./AccountsTable";
import { Totals } from "./Totals";
import { isOfDraft } from "./variants";

const Multiples = lazy(() => import("./Multiples"));

/** A comparison as it was computed: totals, a chart for each variant, the accounts side by side. */
export function ComparisonView({ comparison }: { comparison: Comparison }) {
  const { choose, choosing, error, blocked } = useChoose(comparison);
  return (
    <>
      <Order comparison={comparison} />
      {comparison.evidence_breaks.length > 0 && (
        <Alert severity="error" variant="outlined">
          What is stored is not as the audit trail has it: no variant can be used.
          {comparison.evidence_breaks.map(({ message }) => ` ${message}`)}
        </Alert>
      )}
      {error !== null && <ErrorNote error={error} title="The variant was not taken" />}
      <Section title="Totals" summary={blocked}>
        <Totals comparison={comparison} blocked={blocked} choosing={choosing} onChoose={choose} />
      </Section>
      <Section title="Face by account">
        <Suspense fallback={<Loading label="Loading the charts" height={180} />}>
          <Multiples comparison={comparison} />
        </Suspense>
      </Section>
      <Section title="Accounts">
        <AccountsTable comparison={comparison} />
      </Section>
    </>
  );
}

function Order({
  comparison: { order, portfolio_groups: groups, created_by, expires_at },
}: {
  comparison: Comparison;
}) {
  const left = useSecondsLeft(expires_at);
  return (
    <Typography sx={{ "& a": { textDecoration: "underline" } }}>
      <SideMark side={order.side} /> {face(order.total_quantity)} face of{" "}
      <IdLink of="security" id={order.security_id} /> at {price(order.price)}, settling{" "}
      {order.settlement_date}, over {groups.join(", ")}. Compared by {created_by};{" "}
      {left > 0 ? `a variant can be used for ${timeInWords(left)}.` : "it has expired: compare again."}
    </Typography>
  );
}

/** Make a variant the preview: of the order that is being made, or by itself where that is another one. */
function useChoose(comparison: Comparison) {
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const store = useAppStore();
  const permitted = usePermission("allocations:preview");
  const expired = useSecondsLeft(comparison.expires_at) === 0;
  const [send] = useChooseVariantMutation();
  const [choosing, setChoosing] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const choose = async ({ name }: ShownVariant) => {
    setChoosing(name);
    setError(null);
    try {
      const preview = await sendSafely((key) =>
        send({
          comparisonId: comparison.comparison_id,
          "Idempotency-Key": key,
          choice: { variant: name },
        }).unwrap(),
      );
      // The order may have been changed since the button was pressed.
      const draft = selectDraft(store.getState());
      if (!isOfDraft(draft, comparison)) {
        void navigate(PAGE_OF.allocation(preview.allocation_id));
        return;
      }
      const method = preview.allocation_method;
      dispatch(
        draftChanged({
          method,
          parameters: { ...draft.parameters, [method]: statedParameters(preview) },
          constraints: statedConstraints(preview),
        }),
      );
      const request = requestText(selectDraft(store.getState()));
      dispatch(previewMade({ allocationId: preview.allocation_id, request }));
      void navigate(stepAddress("preview"));
    } catch (failed) {
      setError(failed);
      setChoosing(null);
    }
  };
  const blocked = !permitted
    ? "To use one, the permission allocations:preview is needed."
    : comparison.evidence_breaks.length > 0
      ? "What is stored is not as the audit trail has it."
      : expired
        ? "The comparison has expired: compare again to use one."
        : null;
  return { choose: (variant: ShownVariant) => void choose(variant), choosing, error, blocked };
}
