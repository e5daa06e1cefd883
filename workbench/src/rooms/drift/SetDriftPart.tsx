import { Box, Table, TableBody, TableCell, TableContainer, TableHead, TableRow } from "@mui/material";
import { lazy, Suspense } from "react";
import type { BookDrift, SetDrift } from "../../api/generated/api";
import { metric, money, points, signed, words } from "../../kit/format";
import { Section } from "../../kit/Section";
import { Loading } from "../../kit/states";
import type { PicturedClass } from "./DriftPicture";
import { className, DIMENSIONS, driftSize, pictureWords, unit } from "./driftWords";
import { HeldTargets } from "./HeldTargets";
import { WarningList } from "./WarningList";

const DriftPicture = lazy(() => import("./DriftPicture"));

/** Drift from each of the target sets that hold for a book. */
export function DriftParts({ book, of }: { book: BookDrift; of: string }) {
  return book.drifts.map((drift) => <SetDriftPart key={drift.dimension} drift={drift} of={of} />);
}

function SetDriftPart({ drift, of }: { drift: SetDrift; of: string }) {
  const { dimension, total_drift, needs_rebalancing, classes, warnings } = drift;
  const format = dimension === "METRIC" ? metric : points;
  return (
    <Section
      title={`${DIMENSIONS[dimension]}: current against target`}
      note={
        <>
          Total drift {format(total_drift)} {unit(dimension)} ·{" "}
          <b>{needs_rebalancing ? "needs rebalancing" : "within its bands"}</b> · targets of{" "}
          <HeldTargets of={drift} />
        </>
      }
    >
      <WarningList warnings={warnings} />
      <Box
        sx={{
          display: "grid",
          gridTemplateColumns: { lg: classes.length > 0 ? "minmax(0, 5fr) minmax(0, 7fr)" : undefined },
          gap: 3,
          alignItems: "start",
        }}
      >
        {classes.length > 0 && (
          <Suspense fallback={<Loading label="Drawing the classes" height={classes.length * 34 + 70} />}>
            <DriftPicture
              classes={pictured(drift)}
              words={pictureWords(of, drift)}
              note="Bar: share of NAV now, in per cent."
            />
          </Suspense>
        )}
        <TableContainer tabIndex={0} role="region" aria-label={`${DIMENSIONS[dimension]} in numbers`}>
          {dimension === "METRIC" ? <Metrics drift={drift} /> : <Classes drift={drift} />}
        </TableContainer>
      </Box>
    </Section>
  );
}

function pictured({ classes, dimension }: SetDrift): PicturedClass[] {
  return classes.map((each) => ({
    name: className(dimension, each.key),
    current: each.current_percent,
    target: each.target_percent,
    band: [Math.max(0, each.target_percent - each.band), each.target_percent + each.band],
    isOut: each.is_out,
  }));
}

function Head({ names }: { names: readonly string[] }) {
  return (
    <TableHead>
      <TableRow>
        {names.map((name, place) => (
          <TableCell key={name} align={place === 0 || place === names.length - 1 ? "left" : "right"}>
            {name}
          </TableCell>
        ))}
      </TableRow>
    </TableHead>
  );
}

/** The state in words and a sign, so that colour is not the only one. */
function State({ isOut, difference }: { isOut: boolean; difference: number | null }) {
  if (difference === null) return <TableCell>Not known</TableCell>;
  return (
    <TableCell sx={isOut ? { fontWeight: 650, color: "warning.main" } : undefined}>
      {isOut ? (difference > 0 ? "▲ Too much" : "▼ Too little") : "Within"}
    </TableCell>
  );
}

function Classes({ drift: { classes, dimension } }: { drift: SetDrift }) {
  return (
    <Table aria-label={`Classes by ${DIMENSIONS[dimension].toLowerCase()}`}>
      <Head names={["Class", "Now %", "Target %", "Drift, points", "Band, points", "Difference", "State"]} />
      <TableBody>
        {classes.map((each) => (
          <TableRow key={each.key}>
            <TableCell component="th" scope="row">
              {className(dimension, each.key)}
            </TableCell>
            <TableCell align="right">{points(each.current_percent)}</TableCell>
            <TableCell align="right">{points(each.target_percent)}</TableCell>
            <TableCell align="right" sx={{ fontWeight: 600 }}>
              {driftSize(dimension, each.difference_percent)}
            </TableCell>
            <TableCell align="right">±{points(each.band)}</TableCell>
            <TableCell align="right">{signed(money, each.difference)}</TableCell>
            <State isOut={each.is_out} difference={each.difference_percent} />
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function Metrics({ drift: { metrics } }: { drift: SetDrift }) {
  return (
    <Table aria-label="Risk metrics" sx={{ maxWidth: 900 }}>
      <Head names={["Metric, years", "Now", "Benchmark", "Target", "Drift, years", "Band, years", "State"]} />
      <TableBody>
        {metrics.map((each) => (
          <TableRow key={`${each.metric} ${each.relative_to}`}>
            <TableCell component="th" scope="row">
              {words(each.metric)}
              {each.relative_to && " less benchmark"}
            </TableCell>
            <TableCell align="right">{metric(each.current)}</TableCell>
            <TableCell align="right">{metric(each.benchmark)}</TableCell>
            <TableCell align="right">{metric(each.target)}</TableCell>
            <TableCell align="right" sx={{ fontWeight: 600 }}>
              {signed(metric, each.difference)}
            </TableCell>
            <TableCell align="right">±{metric(each.band)}</TableCell>
            <State isOut={each.is_out} difference={each.difference} />
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
