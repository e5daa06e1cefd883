import { Box, Button, Slider, Stack, Typography } from "@mui/material";
import { lazy, Suspense, useState } from "react";
import {
  type Frontier,
  type FrontierPoint,
  type PreviewRequest,
  useGetAllocationFrontierQuery,
  usePreviewAllocationMutation,
} from "../../../../api/generated/api";
import { ErrorNote, Loading } from "../../../../kit/states";
import { useAppSelector } from "../../../../store";
import { selectPreviewRequest } from "../../draftSlice";
import { useParameters } from "../useDraftParts";
import { balanceOwner, costText, nearestStep, stepOf, stepsOf } from "./frontier";

const FrontierChart = lazy(() => import("./FrontierChart"));

/** The order of the draft, by MIN_DISPERSION and the ledger with the policy's weight: what the curve is drawn of. */
function requestOfCurve(request: PreviewRequest): PreviewRequest {
  const { fairness_weight: _w, max_dispersion_cost: _c, ...parameters } = request.parameters ?? {};
  return {
    ...request,
    allocation_method: "MIN_DISPERSION",
    parameters: { ...parameters, fairness: "LEDGER" },
  };
}

/** How much what is owed counts: a curve of what each weight costs, and a slider along it. */
export function FrontierSlider() {
  const request = useAppSelector(selectPreviewRequest);
  const wanted = request && requestOfCurve(request);
  const wantedKey = JSON.stringify(wanted);
  const [drawn, setDrawn] = useState<string | null>(null);
  const [preview, { data, error, isLoading }] = usePreviewAllocationMutation();
  const {
    data: frontier,
    error: failed,
    isFetching,
    refetch,
  } = useGetAllocationFrontierQuery({ allocationId: data?.allocation_id ?? "" }, { skip: !data });
  const draw = () => {
    if (!wanted) return;
    setDrawn(wantedKey);
    void preview({ previewRequest: wanted });
  };
  const [{ fairness_weight: weight }] = useParameters("MIN_DISPERSION");
  const stale = drawn !== null && drawn !== wantedKey;
  const busy = isLoading || isFetching;
  return (
    <Stack spacing={1}>
      {!busy && (drawn === null || stale) && (
        <Stack direction="row" useFlexGap sx={{ gap: 1.5, flexWrap: "wrap", alignItems: "center" }}>
          <Button variant="outlined" onClick={draw} disabled={!wanted}>
            {stale ? "Draw the curve again" : "Draw the curve"}
          </Button>
          <Typography color="textSecondary">
            {!wanted
              ? "Choose security, size and groups in step 1 first."
              : stale
                ? "The order has changed since the curve was drawn; what was chosen stays."
                : "The order is split once for each weight, from the least dispersion to what is owed."}
          </Typography>
        </Stack>
      )}
      {typeof weight === "number" && (drawn === null || stale) && (
        <Typography>A weight of {weight} is chosen: 0 is the least dispersion.</Typography>
      )}
      {busy && <Loading label="Drawing the curve" height={300} />}
      {(error ?? failed) && !busy && <ErrorNote error={error ?? failed} onRetry={error ? draw : refetch} />}
      {frontier && !busy && !stale && !error && <Curve frontier={frontier} />}
    </Stack>
  );
}

function Curve({ frontier }: { frontier: Frontier }) {
  const [parameters, change] = useParameters("MIN_DISPERSION");
  const steps = stepsOf(frontier.points);
  const at = stepOf(steps, parameters.fairness_weight);
  const chosen = steps[at] ?? null;
  const shown = chosen ?? frontier.preview;
  const words = costText(shown, steps[0]);
  const owner = balanceOwner(shown.greatest_after);
  return (
    <Box>
      <Suspense fallback={<Loading label="Loading the chart" height={240} />}>
        <FrontierChart steps={steps} policy={frontier.preview} chosen={chosen} />
      </Suspense>
      <Along steps={steps} at={chosen ? at : nearestStep(steps, frontier.preview)} chosen={chosen !== null} />
      <Typography role="status" sx={{ mt: 0.5 }}>
        <strong>
          {chosen ? words : `As the policy says: ${words.charAt(0).toLowerCase()}${words.slice(1)}`}
        </strong>
        {owner && ` ${owner}`}
      </Typography>
      {chosen && (
        <Button sx={{ mt: 0.5, px: 0.5 }} onClick={() => change({ fairness_weight: undefined })}>
          As the policy says
        </Button>
      )}
    </Box>
  );
}

function Along({ steps, at, chosen }: { steps: FrontierPoint[]; at: number; chosen: boolean }) {
  const [, change] = useParameters("MIN_DISPERSION");
  const take = (place: number) => {
    const weight = steps[place]?.fairness_weight;
    if (typeof weight === "number")
      change({ fairness: "LEDGER", fairness_weight: weight, max_dispersion_cost: undefined });
  };
  const words = (place: number) => {
    const step = steps[place];
    return step ? costText(step, steps[0]) : "";
  };
  return (
    <Stack direction="row" spacing={2} sx={{ maxWidth: 640, alignItems: "center", mt: 1 }}>
      <Typography variant="caption" aria-hidden noWrap sx={{ flexShrink: 0 }}>
        Least dispersion
      </Typography>
      <Slider
        aria-label="How much what is owed counts"
        min={0}
        max={Math.max(steps.length - 1, 1)}
        step={1}
        marks
        value={at}
        getAriaValueText={words}
        onChange={(_event, value) => take(value as number)}
        track={chosen ? "normal" : false}
        disabled={steps.length < 2}
      />
      <Typography variant="caption" aria-hidden noWrap sx={{ flexShrink: 0 }}>
        What is owed
      </Typography>
    </Stack>
  );
}
