import { Box, Typography } from "@mui/material";
import { lazy, Suspense } from "react";
import type { TargetDimension } from "../../../api/generated/api";
import { Loading } from "../../../kit/states";
import { type Series, seriesWords } from "./series";

const HistoryPicture = lazy(() => import("./HistoryPicture"));

const HEIGHT = 190;

/** A chart for each class: its share over dates, its target, and the band around that. */
export function HistoryPictures({
  of,
  dimension,
  series,
}: {
  of: string;
  dimension: TargetDimension;
  series: readonly Series[];
}) {
  return (
    <Box component="figure" aria-label={`Drift of ${of} over dates`} sx={{ m: 0 }}>
      <Typography variant="caption" color="textSecondary" component="figcaption">
        Line:{" "}
        {dimension === "METRIC" ? "years, where so stated less the benchmark" : "share of NAV, in per cent"}.
        Dashed: target. Grey: band around it. ● scheduled check, ◇ check on request; larger and orange: out of
        band.
      </Typography>
      <Box
        sx={{
          display: "grid",
          gridTemplateColumns: "repeat(auto-fill, minmax(min(100%, 340px), 1fr))",
          gap: 2,
          mt: 1,
        }}
      >
        {series.map((each) => (
          <Box key={each.name} sx={{ minWidth: 0 }}>
            <Typography variant="body2" sx={{ fontWeight: 650 }} aria-hidden>
              {each.name}
            </Typography>
            <Box role="img" aria-label={seriesWords(dimension, each)} sx={{ height: HEIGHT }}>
              <Suspense fallback={<Loading label={`Drawing ${each.name}`} height={HEIGHT} />}>
                <HistoryPicture dimension={dimension} marks={each.marks} />
              </Suspense>
            </Box>
          </Box>
        ))}
      </Box>
    </Box>
  );
}
