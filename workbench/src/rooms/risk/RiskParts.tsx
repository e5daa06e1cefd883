import { Alert, Box } from "@mui/material";
import type {
  RelativeValue,
  RiskAnswer,
  RiskContribution,
  RiskDrawdown,
  RiskPart,
  RiskRolling,
  RiskStress,
  RiskValue,
  RiskWindow,
} from "../../api/generated/api";
import { type Fact, FactStrip } from "../../kit/FactStrip";
import { count, date, dateTime, percent, signed } from "../../kit/format";
import { type PlainColumn, PlainTable } from "../../kit/PlainTable";
import { Section } from "../../kit/Section";
import { FIGURE_GRID, SeriesFigure } from "../../kit/SeriesFigure";
import { COVARIANCES, figure, measureName, UNITS } from "./riskWords";

/** What was found of the risk of weights. */
export function RiskParts({ found, isStale }: { found: RiskAnswer; isStale: boolean }) {
  return (
    <Box role="region" aria-label="Risk that was found">
      {isStale && (
        <Alert severity="info" variant="outlined" sx={{ mb: 1.5 }}>
          The form was changed since: this is the risk of what was asked before.
        </Alert>
      )}
      <Data found={found} />
      <Section title="Measures" note="Losses are positive">
        <Measures label="Measures" values={[...found.measures, ...found.relative]} />
      </Section>
      <Section title="Contributions" note="The parts of a measure add up to it; below 0 an asset is a hedge">
        <Box sx={FIGURE_GRID}>
          {found.contributions.map((each) => (
            <Contribution key={measureName(each.measure, each.level)} of={each} />
          ))}
        </Box>
      </Section>
      <Section title="Deepest drawdown">
        <Drawdown of={found.drawdown} />
      </Section>
      {found.stress && (
        <Section title="Under the shocks">
          <Stress of={found.stress} />
        </Section>
      )}
      {found.worst_windows.length > 0 && (
        <Section title="Worst windows of the past">
          <Windows windows={found.worst_windows} />
        </Section>
      )}
      {found.rolling && (
        <Section title={`Over windows of ${count(found.rolling.window)} periods`}>
          <Rolling of={found.rolling} />
        </Section>
      )}
    </Box>
  );
}

function Data({ found: { data, covariance } }: { found: RiskAnswer }) {
  const facts: Fact[] = [
    ["From", data.start_date],
    ["To", data.end_date],
    ["Returns", count(data.return_count)],
    ["Left out", `${count(data.left_out)} days`],
    ["Longest gap", `${count(data.longest_gap_days)} days`],
    ["Periods of a year", count(data.periods_per_year)],
    ["Prices by", data.source.join(", ")],
    ["Last price arrived", dateTime(data.last_updated)],
    ["Covariance", COVARIANCES[covariance.method]],
    ...(covariance.shrinkage > 0 ? ([["Shrinkage", percent(covariance.shrinkage)]] as Fact[]) : []),
    ...(covariance.repair > 0 ? ([["Repaired by", covariance.repair.toExponential(2)]] as Fact[]) : []),
  ];
  return <FactStrip facts={facts} />;
}

type Value = RiskValue | RelativeValue;

const nameOf = (value: Value) => measureName(value.measure, "level" in value ? value.level : null);

function noteOf(value: Value): string {
  if (value.message !== null) return value.message;
  return "is_monotone" in value && value.is_monotone === false
    ? "The correction of Cornish and Fisher does not hold at all levels."
    : "";
}

const VALUE_COLUMNS: readonly PlainColumn<Value>[] = [
  { name: "Measure", cell: nameOf },
  { name: "Value", right: true, cell: ({ value, unit }) => figure(value, unit) },
  { name: "Unit", cell: ({ unit }) => UNITS[unit] },
  { name: "Note", cell: noteOf },
];

function Measures({ label, values }: { label: string; values: readonly Value[] }) {
  return (
    <PlainTable label={label} rows={values} columns={VALUE_COLUMNS} rowKey={nameOf} sx={{ maxWidth: 900 }} />
  );
}

function Contribution({ of }: { of: RiskContribution }) {
  const name = measureName(of.measure, of.level);
  if (of.total === null)
    return (
      <Alert severity="info" variant="outlined">
        {name}: {of.message}
      </Alert>
    );
  const columns: readonly PlainColumn<RiskPart>[] = [
    { name: `${name}: ${figure(of.total, of.unit)}`, cell: ({ symbol }) => symbol },
    { name: "Weight", right: true, cell: ({ weight }) => percent(weight) },
    { name: "Part", right: true, cell: ({ part }) => signed(percent, part) },
    { name: "Share", right: true, cell: ({ share }) => percent(share) },
    { name: "For a unit of weight", right: true, cell: ({ marginal }) => signed(percent, marginal) },
  ];
  return (
    <PlainTable
      label={`Contributions to ${name}`}
      rows={of.assets}
      columns={columns}
      rowKey={({ symbol }) => symbol}
    />
  );
}

function Drawdown({ of }: { of: RiskDrawdown }) {
  if (of.depth === null) return <p>{of.message}</p>;
  return (
    <FactStrip
      facts={[
        ["Lost of the peak", percent(of.depth)],
        ["Peak", date(of.peak_date)],
        ["Lowest", date(of.trough_date)],
        ["At the peak again", of.recovery_date ?? (of.peak_date ? "not yet" : "there was none")],
      ]}
    />
  );
}

function Stress({ of: { change, assets, unshocked } }: { of: RiskStress }) {
  const columns: readonly PlainColumn<[string, number]>[] = [
    { name: "Asset", cell: ([symbol]) => symbol },
    { name: "Part of the change", right: true, cell: ([, part]) => signed(percent, part) },
  ];
  return (
    <>
      <FactStrip
        facts={[
          ["Change of the portfolio", signed(percent, change)],
          ["Without a shock", unshocked.join(", ") || "none"],
        ]}
      />
      <PlainTable
        label="Under the shocks"
        rows={Object.entries(assets)}
        columns={columns}
        rowKey={([symbol]) => symbol}
        sx={{ maxWidth: 380, mt: 1 }}
      />
    </>
  );
}

/** Assets of a window that are named: those that lost most. */
const MOST_NAMED = 3;

function lostMost({ assets }: RiskWindow): string {
  return Object.entries(assets)
    .sort(([, one], [, other]) => one - other)
    .slice(0, MOST_NAMED)
    .map(([symbol, part]) => `${symbol} ${signed(percent, part)}`)
    .join(", ");
}

const WINDOW_COLUMNS: readonly PlainColumn<RiskWindow>[] = [
  { name: "From the close of", cell: ({ start_date }) => start_date },
  { name: "To the close of", cell: ({ end_date }) => end_date },
  { name: "Change", right: true, cell: ({ change }) => signed(percent, change) },
  { name: "Most of it by", cell: lostMost },
];

function Windows({ windows }: { windows: readonly RiskWindow[] }) {
  return (
    <PlainTable
      label="Worst windows of the past"
      rows={windows}
      columns={WINDOW_COLUMNS}
      rowKey={({ start_date, end_date }) => `${start_date} ${end_date}`}
      sx={{ maxWidth: 900 }}
    />
  );
}

function Rolling({ of: { dates, series } }: { of: RiskRolling }) {
  return (
    <Box sx={FIGURE_GRID}>
      {series.map(({ measure, level, unit, values }) => (
        <SeriesFigure
          key={measure}
          title={measureName(measure, level)}
          dates={dates}
          series={[{ name: measureName(measure, level), values }]}
          kind="line"
          format={(value) => figure(value, unit)}
          height={190}
        />
      ))}
    </Box>
  );
}
