import { Box, Typography } from "@mui/material";
import { lazy, Suspense } from "react";
import type { SeriesPictureProps } from "./SeriesPicture";
import { seriesColour, seriesDash } from "./seriesLook";
import { seriesWords } from "./seriesWords";
import { Loading } from "./states";

const SeriesPicture = lazy(() => import("./SeriesPicture"));

/** A chart of lines over dates under its title, with its legend, and in words for who does not see it. */
export function SeriesFigure({
  title,
  height = 240,
  ...picture
}: SeriesPictureProps & { title: string; height?: number }) {
  const { dates, series, kind, format } = picture;
  return (
    <Box component="figure" sx={{ m: 0, minWidth: 0 }}>
      <Typography variant="body2" component="figcaption" sx={{ fontWeight: 650 }}>
        {title}
      </Typography>
      {series.length > 1 && (
        <Typography variant="caption" color="textSecondary" component="p">
          {series.map(({ name }, place) => (
            <Box key={name} component="span" sx={{ whiteSpace: "nowrap", mr: 1.5, display: "inline-block" }}>
              <svg width="18" height="8" aria-hidden style={{ marginRight: 4 }}>
                <line
                  x1="0"
                  x2="18"
                  y1="4"
                  y2="4"
                  stroke={seriesColour(place)}
                  strokeWidth={kind === "line" ? 2 : 8}
                  strokeDasharray={kind === "line" ? seriesDash(place) : undefined}
                />
              </svg>
              {name}
            </Box>
          ))}
        </Typography>
      )}
      <Box role="img" aria-label={seriesWords(title, dates, series, format)} sx={{ height }}>
        <Suspense fallback={<Loading label={`Drawing ${title}`} height={height} />}>
          <SeriesPicture {...picture} />
        </Suspense>
      </Box>
    </Box>
  );
}

/** Charts beside each other where they fit. */
export const FIGURE_GRID = {
  display: "grid",
  gridTemplateColumns: "repeat(auto-fill, minmax(min(100%, 480px), 1fr))",
  gap: 2.5,
} as const;
