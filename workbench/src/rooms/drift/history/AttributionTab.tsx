import { Box, Button, Typography } from "@mui/material";
import {
  type Attribution,
  useGetDriftAttributionQuery,
  useListDriftHistoryQuery,
} from "../../../api/generated/api";
import { fieldErrors } from "../../../api/problems";
import { Empty, ErrorNote, Loading } from "../../../kit/states";
import { useUrlFilters } from "../../../kit/useUrlFilters";
import { DimensionSelect } from "../DimensionSelect";
import { AttributionParts } from "./AttributionParts";
import { type Offer, offers } from "./attribution";
import { CheckButton, CheckState } from "./CheckNow";
import { NoHistory } from "./NoHistory";
import { SnapshotField } from "./SnapshotField";
import { datesOf } from "./series";
import { type Check, useCheck } from "./useCheck";
import { LINES_OF_A_PAGE, useGetDriftLinesQuery } from "./useDriftLines";

const ENDS = [
  { end: "first", label: "From", field: "date_from" },
  { end: "last", label: "To", field: "date_to" },
] as const;
const FILTERS = ["first", "last", "dimension"] as const;

/** The business dates that the account has snapshots of, newest first: cash is a class of every one. */
function useSnapshotDates(accountId: string) {
  const of = { scope: "ACCOUNT", scopeId: accountId } as const;
  const newest = useListDriftHistoryQuery({ ...of, limit: LINES_OF_A_PAGE });
  const lines = newest.currentData?.lines;
  const classes = lines?.filter(({ dimension }) => dimension !== "METRIC") ?? [];
  const line = classes.find(({ class_key }) => class_key.toLowerCase() === "cash") ?? classes[0];
  const found = useGetDriftLinesQuery(
    { ...of, dimension: line?.dimension, classKey: line?.class_key },
    { skip: line === undefined },
  );
  return {
    /** Undefined while they are being read. */
    dates: lines && !line ? [] : found.currentData && datesOf(found.currentData),
    isMetricAlone: lines !== undefined && lines.length > 0 && !line,
    error: newest.error ?? found.error,
    again: newest.error ? newest.refetch : found.refetch,
  };
}

/** What moved the drift of an account between two of its snapshots. */
export default function AttributionTab({ accountId }: { accountId: string }) {
  const check = useCheck();
  const { dates, isMetricAlone, error, again } = useSnapshotDates(accountId);
  return (
    <>
      <CheckState check={check} />
      {dates ? (
        dates.length > 1 ? (
          <Between accountId={accountId} dates={dates} />
        ) : (
          <TooFew accountId={accountId} dates={dates} isMetricAlone={isMetricAlone} check={check} />
        )
      ) : error ? (
        <ErrorNote error={error} onRetry={again} title="The dates of the checks cannot be read" />
      ) : (
        <Loading label="Reading the dates of the checks" height="60vh" />
      )}
    </>
  );
}

function TooFew({
  accountId,
  dates,
  isMetricAlone,
  check,
}: {
  accountId: string;
  dates: readonly string[];
  isMetricAlone: boolean;
  check: Check;
}) {
  if (isMetricAlone)
    return (
      <Empty title={`${accountId} has no targets by class`}>
        What moved the drift is told by class; that of risk metrics is not split.
      </Empty>
    );
  if (dates.length === 0) return <NoHistory id={accountId} check={check} />;
  return (
    <Empty
      title={`${accountId} was checked on one date so far, ${dates[0]}`}
      action={<CheckButton check={check} variant="contained" />}
    >
      What moved the drift is told between the checks of two business dates. The next one comes by itself.
    </Empty>
  );
}

function Between({ accountId, dates }: { accountId: string; dates: readonly string[] }) {
  const [filters, change] = useUrlFilters(FILTERS);
  const last = filters.last || (dates[0] ?? "");
  const first = filters.first || (dates.find((day) => day < last) ?? dates.at(-1) ?? "");
  const { currentData, error, refetch } = useGetDriftAttributionQuery({
    accountId,
    dateFrom: first,
    dateTo: last,
  });
  const refused = fieldErrors(error);
  return (
    <>
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, alignItems: "flex-start", pt: 0.5, mb: 1.5 }}>
        {ENDS.map(({ end, label, field }) => (
          <SnapshotField
            key={end}
            label={label}
            dates={dates}
            value={end === "first" ? first : last}
            refused={field in refused}
            onChange={(day) => change({ [end]: day })}
          />
        ))}
        {currentData && (
          <Dimension
            attribution={currentData}
            chosen={filters.dimension}
            onChange={(dimension) => change({ dimension })}
          />
        )}
      </Box>
      {error ? (
        <>
          <ErrorNote
            error={error}
            onRetry={Object.keys(refused).length > 0 ? undefined : refetch}
            title="These dates cannot be compared"
          />
          <Offers found={offers(dates, { first, last }, refused)} onChoose={change} />
        </>
      ) : currentData ? (
        <AttributionParts attribution={currentData} dimension={filters.dimension} />
      ) : (
        <Loading label="Comparing the two dates" height="60vh" />
      )}
    </>
  );
}

/** Dates that can be taken instead. */
function Offers({
  found,
  onChoose,
}: {
  found: readonly Offer[];
  onChoose: (chosen: Partial<Record<Offer["end"], string>>) => void;
}) {
  if (found.length === 0) return null;
  return (
    <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, mt: 1.5, alignItems: "center" }}>
      <Typography>Checked near these dates:</Typography>
      {found.map(({ end, day }) => (
        <Button key={`${end} ${day}`} variant="outlined" onClick={() => onChoose({ [end]: day })}>
          {end === "first" ? "From" : "To"} {day}
        </Button>
      ))}
    </Box>
  );
}

function Dimension({
  attribution: { dimensions },
  chosen,
  onChange,
}: {
  attribution: Attribution;
  chosen: string;
  onChange: (dimension: string) => void;
}) {
  const known = dimensions.find(({ dimension }) => dimension === chosen) ?? dimensions[0];
  return (
    <DimensionSelect
      dimensions={dimensions.map(({ dimension }) => dimension)}
      value={known?.dimension ?? ""}
      onChange={onChange}
    />
  );
}
