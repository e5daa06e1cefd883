import { Box, MenuItem, TextField, Typography } from "@mui/material";
import { useMemo } from "react";
import {
  type DriftLine,
  type TargetDimension,
  type TargetScope,
  useListDriftHistoryQuery,
} from "../../../api/generated/api";
import { DateField } from "../../../kit/DateField";
import { DownloadButtons } from "../../../kit/DownloadButtons";
import { Empty, ErrorNote, Loading } from "../../../kit/states";
import { useUrlFilters } from "../../../kit/useUrlFilters";
import { DimensionSelect } from "../DimensionSelect";
import { CheckButton, CheckState } from "./CheckNow";
import { HistoryGrid } from "./HistoryGrid";
import { HistoryPictures } from "./HistoryPictures";
import { NoHistory } from "./NoHistory";
import { datesOf, dimensionsOf, PERIODS, periodDates, seriesOf } from "./series";
import { type Check, useCheck } from "./useCheck";
import { LINES_OF_A_PAGE, lineParams, useGetDriftLinesQuery, type WantedLines } from "./useDriftLines";

const FILTERS = ["dimension", "period", "from", "to"] as const;
type Filters = Record<(typeof FILTERS)[number], string>;

/** What drift was at the checks, of an account or of a group. */
export default function HistoryTab({ scope, id }: { scope: TargetScope; id: string }) {
  const check = useCheck();
  const { currentData, error, refetch } = useListDriftHistoryQuery({
    scope,
    scopeId: id,
    limit: LINES_OF_A_PAGE,
  });
  return (
    <>
      <CheckState check={check} />
      {currentData ? (
        currentData.lines.length === 0 ? (
          <NoHistory id={id} check={check} />
        ) : (
          <Kept newest={currentData.lines} of={{ scope, scopeId: id }} check={check} />
        )
      ) : error ? (
        <ErrorNote error={error} onRetry={refetch} title="The history cannot be read" />
      ) : (
        <Loading label="Reading the history" height="60vh" />
      )}
    </>
  );
}

/** `newest` says which dimensions there are, and where periods end. */
function Kept({
  newest,
  of,
  check,
}: {
  newest: readonly DriftLine[];
  of: Pick<WantedLines, "scope" | "scopeId">;
  check: Check;
}) {
  const [filters, change] = useUrlFilters(FILTERS);
  const dimensions = dimensionsOf(newest);
  const dimension = dimensions.find((each) => each === filters.dimension) ?? dimensions[0];
  const wanted = { ...of, dimension, ...periodDates(filters, datesOf(newest)[0] ?? "") };
  const { currentData, error, refetch } = useGetDriftLinesQuery(wanted);
  return (
    <>
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, alignItems: "flex-start", pt: 0.5, mb: 1.5 }}>
        <Choices
          filters={{ ...filters, dimension: dimension ?? "" }}
          dimensions={dimensions}
          onChange={change}
        />
        <CheckButton check={check} />
        <DownloadButtons
          of="the history"
          files={(["csv", "xlsx"] as const).map((format) => ({
            label: format.toUpperCase(),
            url: "drift/history",
            params: { ...lineParams(wanted), format },
          }))}
        />
      </Box>
      {error ? (
        <ErrorNote error={error} onRetry={refetch} title="The history cannot be read" />
      ) : currentData && dimension ? (
        <Shown lines={currentData} dimension={dimension} of={of.scopeId} />
      ) : (
        <Loading label="Reading the history" height="60vh" />
      )}
    </>
  );
}

function Choices({
  filters,
  dimensions,
  onChange,
}: {
  filters: Filters;
  dimensions: readonly TargetDimension[];
  onChange: (changes: Partial<Filters>) => void;
}) {
  const period = filters.period in PERIODS ? filters.period : "";
  return (
    <>
      <DimensionSelect
        dimensions={dimensions}
        value={filters.dimension}
        onChange={(dimension) => onChange({ dimension })}
      />
      <TextField
        select
        label="Dates"
        value={period}
        onChange={(event) => onChange({ period: event.target.value })}
        sx={{ minWidth: 150 }}
        slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
      >
        {Object.entries(PERIODS).map(([value, name]) => (
          <MenuItem key={value} value={value}>
            {name}
          </MenuItem>
        ))}
      </TextField>
      {period === "own" &&
        (["from", "to"] as const).map((name) => (
          <DateField
            key={name}
            label={name === "from" ? "First day" : "Last day"}
            value={filters[name]}
            onChange={(day) => onChange({ [name]: day })}
            sx={{ width: 128 }}
          />
        ))}
    </>
  );
}

function Shown({
  lines,
  dimension,
  of,
}: {
  lines: readonly DriftLine[];
  dimension: TargetDimension;
  of: string;
}) {
  const series = useMemo(() => seriesOf(lines), [lines]);
  if (lines.length === 0) return <Empty title="No check was made in these dates">Choose others.</Empty>;
  return (
    <>
      {datesOf(lines).length > 1 ? (
        <HistoryPictures of={of} dimension={dimension} series={series} />
      ) : (
        <Typography role="status">
          There is one date so far, {datesOf(lines)[0]}. From the second one on, its course is drawn.
        </Typography>
      )}
      <HistoryGrid lines={lines} dimension={dimension} />
    </>
  );
}
