import { Box, Button, Link, Typography } from "@mui/material";
import { useState } from "react";
import { Link as RouterLink, useNavigate, useParams } from "react-router-dom";
import {
  type PreviewRequest,
  useCompareAllocationsMutation,
  useGetComparisonQuery,
} from "../../api/generated/api";
import { DownloadButtons } from "../../kit/DownloadButtons";
import { PAGE_OF } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { NotRead } from "../../kit/NotRead";
import { Page } from "../../kit/Page";
import { Empty, ErrorNote, Loading } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { useAppDispatch, useAppSelector } from "../../store";
import { ComparisonView } from "./compare/ComparisonView";
import { VariantsEditor } from "./compare/VariantsEditor";
import {
  comparisonRequest,
  defaultPlans,
  isOfDraft,
  nameFaults,
  type Plan,
  plansOf,
} from "./compare/variants";
import { comparisonMade, selectDraft, selectPreviewRequest } from "./draftSlice";
import { Section } from "./method/Section";
import { orderSummary } from "./wizard/orderSummary";
import { stepAddress } from "./wizard/steps";

/** Methods side by side on one order: a new comparison of the order that is being made, or a stored one. */
export default function ComparePage() {
  const { comparisonId } = useParams();
  const mayRead = usePermission("allocations:read");
  if (!mayRead) return <NotPermitted title="Compare" permission="allocations:read" />;
  return comparisonId ? <Stored key={comparisonId} comparisonId={comparisonId} /> : <New />;
}

function New() {
  const draft = useAppSelector(selectDraft);
  const request = useAppSelector(selectPreviewRequest);
  const mayCompare = usePermission("allocations:preview");
  if (!mayCompare) return <NotPermitted title="Compare" permission="allocations:preview" />;
  const last = draft.comparisonId && (
    <Link component={RouterLink} to={PAGE_OF.comparison(draft.comparisonId)}>
      Last comparison
    </Link>
  );
  if (!request)
    return (
      <Page title="Compare" actions={last}>
        <Empty
          title="There is no order to compare yet"
          action={
            <Button component={RouterLink} to={stepAddress("order-entry")} variant="contained">
              Order Entry
            </Button>
          }
        >
          Choose a bond, a size and groups; then methods can be compared side by side on this order.
        </Empty>
      </Page>
    );
  return (
    <Page title="Compare" subtitle={orderSummary(draft)} actions={last}>
      <Planned request={request} plans={defaultPlans(draft)} />
    </Page>
  );
}

/** The variants as they are planned, and the button that computes them on one reading of the book. */
function Planned({ request, plans: planned }: { request: PreviewRequest; plans: Plan[] }) {
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const [plans, setPlans] = useState(planned);
  const [compare, { isLoading, error }] = useCompareAllocationsMutation();
  const named = Object.keys(nameFaults(plans)).length === 0;
  const run = async () => {
    const answer = await compare({
      comparisonRequest: comparisonRequest(request, plans),
      "Idempotency-Key": crypto.randomUUID(),
    });
    if (!answer.data) return;
    dispatch(comparisonMade(answer.data.comparison_id));
    void navigate(PAGE_OF.comparison(answer.data.comparison_id));
  };
  return (
    <>
      {error && <ErrorNote error={error} onRetry={() => void run()} />}
      <VariantsEditor plans={plans} onChange={setPlans} />
      <Box
        sx={{
          display: "flex",
          gap: 1.5,
          alignItems: "center",
          justifyContent: "flex-end",
          mt: 1,
          maxWidth: 980,
        }}
      >
        {!named && <Typography color="warning.main">Each variant needs a name of its own.</Typography>}
        <Button component={RouterLink} to={stepAddress("allocation-method")} variant="outlined">
          Back
        </Button>
        <Button variant="contained" onClick={() => void run()} loading={isLoading} disabled={!named}>
          Compare
        </Button>
      </Box>
    </>
  );
}

function Stored({ comparisonId }: { comparisonId: string }) {
  const { data, error, refetch } = useGetComparisonQuery({ comparisonId });
  const draft = useAppSelector(selectDraft);
  const request = useAppSelector(selectPreviewRequest);
  const mayCompare = usePermission("allocations:preview");
  const [open, setOpen] = useState(false);
  if (error)
    return (
      <Page title="Compare">
        <NotRead
          what="comparison"
          error={error}
          onRetry={refetch}
          all={{ to: "/allocations", label: "All allocations" }}
        />
      </Page>
    );
  if (!data)
    return (
      <Page title="Compare">
        <Loading label="Loading the comparison" height="60vh" />
      </Page>
    );
  const url = `/allocations/compare/${encodeURIComponent(comparisonId)}`;
  const files = [
    { label: "CSV", url, params: { format: "csv", bom: true } },
    { label: "XLSX", url, params: { format: "xlsx" } },
  ];
  const again = request && mayCompare && isOfDraft(draft, data);
  return (
    <Page title="Compare" actions={<DownloadButtons of="Comparison" files={files} />}>
      <ComparisonView comparison={data} />
      {again && (
        <Section
          title="Compare again"
          summary={`${data.variants.length} variants; change them`}
          open={open}
          onToggle={() => setOpen(!open)}
        >
          <Planned request={request} plans={plansOf(data)} />
        </Section>
      )}
    </Page>
  );
}
