import { Box, Typography } from "@mui/material";
import { lazy, Suspense } from "react";
import type { Attribution, DriftSnapshot } from "../../../api/generated/api";
import { FactStrip } from "../../../kit/FactStrip";
import { cents, points, signed, UNKNOWN } from "../../../kit/format";
import { Section } from "../../../kit/Section";
import { Loading } from "../../../kit/states";
import { DIMENSIONS } from "../driftWords";
import { MoneyTable, PointsTable, ReturnTable } from "./AttributionTables";
import { CAUSES, movedWords, POINT_CAUSES } from "./attribution";
import { KINDS } from "./series";

const AttributionPicture = lazy(() => import("./AttributionPicture"));

/** The parts of the change between two snapshots, by the classes of a dimension. */
export function AttributionParts({
  attribution: { first, last, dimensions },
  dimension,
}: {
  attribution: Attribution;
  /** The one that is chosen, if there are several. */
  dimension: string;
}) {
  const shown = dimensions.find((each) => each.dimension === dimension) ?? dimensions[0];
  if (!shown) return null;
  const currency = last.currency ?? UNKNOWN;
  return (
    <>
      <FactStrip
        facts={[
          ["From", snapshotWords(first)],
          ["To", snapshotWords(last)],
          [`NAV, ${currency}`, `${cents(first.nav)} → ${cents(last.nav)}`],
          ["Of its change by prices", signed(cents, shown.market)],
          ["Not by prices", signed(cents, shown.flows)],
          ["Return by prices", `${signed(points, shown.account_return)} %`],
        ]}
      />
      <Typography role="status" sx={{ fontWeight: 600, mt: 1.5 }}>
        {movedWords(shown.dimension, shown.classes)}
      </Typography>
      <Section
        title={`Drift by ${DIMENSIONS[shown.dimension].toLowerCase()}, in points`}
        note="The parts of a class add up to its change"
      >
        <Box
          sx={{
            display: "grid",
            gridTemplateColumns: { xl: "minmax(0, 4fr) minmax(0, 8fr)" },
            gap: 3,
            alignItems: "start",
          }}
        >
          <Suspense fallback={<Loading label="Drawing the parts" height={shown.classes.length * 34 + 70} />}>
            <AttributionPicture dimension={shown.dimension} classes={shown.classes} />
          </Suspense>
          <PointsTable of={shown} />
        </Box>
      </Section>
      <Meanings />
      <Section
        title={`Value by ${DIMENSIONS[shown.dimension].toLowerCase()}, ${currency}`}
        note="The parts of a class add up to the change of its value, to the cent"
      >
        <MoneyTable of={shown} />
      </Section>
      <Section
        title="Contribution to return"
        note="By prices with accrued interest; coupons that were paid are flows, and not in it"
      >
        <ReturnTable of={shown} />
      </Section>
    </>
  );
}

function snapshotWords({ business_date, kind }: DriftSnapshot): string {
  return `${business_date}, ${KINDS[kind].toLowerCase()}`;
}

/** A sentence for each part. */
function Meanings() {
  return (
    <Box component="dl" aria-label="What the parts mean" sx={{ m: 0, mt: 1.5, maxWidth: "110ch" }}>
      {POINT_CAUSES.map((cause) => (
        <Typography key={cause} variant="body2" color="textSecondary" component="div">
          <Box component="dt" sx={{ display: "inline", fontWeight: 650 }}>
            {CAUSES[cause].name}:
          </Box>{" "}
          <Box component="dd" sx={{ display: "inline", m: 0 }}>
            {CAUSES[cause].says}
          </Box>
        </Typography>
      ))}
    </Box>
  );
}
