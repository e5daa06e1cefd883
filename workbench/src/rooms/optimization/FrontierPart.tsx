import { Box, Button, Slider, Stack, Typography } from "@mui/material";
import { lazy, Suspense } from "react";
import type { OptimizedPortfolio } from "../../api/generated/api";
import { percent } from "../../kit/format";
import { Section } from "../../kit/Section";
import { Loading } from "../../kit/states";
import { MEASURES, pointWords } from "./portfolioWords";

const FrontierPicture = lazy(() => import("./FrontierPicture"));

const HEIGHT = 300;

/** The efficient frontier: a point is chosen by a click, or by the slider below, and its weights are shown. */
export function FrontierPart({
  portfolio,
  at,
  onChange,
}: {
  portfolio: OptimizedPortfolio;
  at: number | null;
  onChange: (at: number | null) => void;
}) {
  const { efficient_frontier: points, metrics, risk_measure } = portfolio;
  const [first, last] = [points[0], points.at(-1)];
  const chosen = at === null ? undefined : points[at];
  if (!first || !last) return null;
  const words = `Efficient frontier: from a return of ${percent(first.return)} at a risk of ${percent(first.risk)} to ${percent(last.return)} at ${percent(last.risk)}.`;
  return (
    <Section
      title="Efficient frontier"
      note="The least risk for each expected return. Choose a point to see its weights; the diamond is this portfolio."
    >
      <Box role="img" aria-label={words} sx={{ height: HEIGHT, maxWidth: 900 }}>
        <Suspense fallback={<Loading label="Drawing the frontier" height={HEIGHT} />}>
          <FrontierPicture
            points={points}
            own={{ risk: metrics.worst_risk, return: metrics.worst_return }}
            measure={MEASURES[risk_measure].name}
            at={at}
            onChoose={onChange}
          />
        </Suspense>
      </Box>
      <Stack direction="row" spacing={2} sx={{ maxWidth: 640, alignItems: "center", mt: 1 }}>
        <Typography variant="caption" aria-hidden noWrap sx={{ flexShrink: 0 }}>
          Least risk
        </Typography>
        <Slider
          aria-label="Point of the frontier"
          min={0}
          max={points.length - 1}
          step={1}
          marks
          value={at ?? 0}
          track={at === null ? false : "normal"}
          getAriaValueText={(place) => {
            const point = points[place];
            return point ? pointWords(point) : "";
          }}
          onChange={(_event, place) => onChange(place as number)}
        />
        <Typography variant="caption" aria-hidden noWrap sx={{ flexShrink: 0 }}>
          Highest return
        </Typography>
      </Stack>
      <Stack
        direction="row"
        useFlexGap
        sx={{ flexWrap: "wrap", gap: 1.5, alignItems: "center", minHeight: 36 }}
      >
        <Typography role="status">
          {chosen ? `${pointWords(chosen)}.` : "No point is chosen: the weights are those of this portfolio."}
        </Typography>
        {chosen && <Button onClick={() => onChange(null)}>This portfolio alone</Button>}
      </Stack>
    </Section>
  );
}
