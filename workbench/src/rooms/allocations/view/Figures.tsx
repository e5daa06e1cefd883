import { Box, Typography } from "@mui/material";
import type { ReactNode } from "react";
import type { Allocation } from "../../../api/generated/api";
import { cents, count, face, metric, percent, price } from "../../../kit/format";
import { METRIC_UNIT } from "./metrics";
import { unallocatedInWords } from "./words";

/** The totals of a split, in one line of figures. */
export function Figures({ allocation }: { allocation: Allocation }) {
  const { summary, order } = allocation;
  const { dispersion_metrics: dispersion } = summary;
  const why = unallocatedInWords(allocation);
  return (
    <Box>
      <Box
        component="dl"
        aria-label="Totals"
        sx={{ display: "flex", flexWrap: "wrap", columnGap: 3.5, rowGap: 1, m: 0 }}
      >
        <Figure
          name="Allocated"
          note={`${percent(summary.allocation_rate)} of ${face(order.total_quantity)}`}
        >
          {face(summary.total_allocated)}
        </Figure>
        <Figure name="Unallocated" loud={summary.unallocated > 0}>
          {face(summary.unallocated)}
        </Figure>
        <Figure name="Accounts" note={`${count(summary.accounts_skipped)} skipped`}>
          {count(summary.accounts_allocated)}
        </Figure>
        <Figure name="Notional" note={`at ${price(order.price)} clean`}>
          {cents(summary.total_notional)}
        </Figure>
        <Figure name="Settlement amount" note={`${order.settlement_date}, accrued ${price(order.accrued)}`}>
          {cents(summary.total_settlement_amount)}
        </Figure>
        <Figure
          name="Largest deviation"
          note={`${dispersion.within_tolerance ? "within" : "outside"} the tolerance of ${allocation.parameters.tolerance}`}
        >
          {metric(dispersion.max_deviation)} {METRIC_UNIT[dispersion.target_metric]}
        </Figure>
      </Box>
      {why && (
        <Typography color="warning" sx={{ mt: 0.5, fontWeight: 600 }}>
          {why}
        </Typography>
      )}
    </Box>
  );
}

function Figure({
  name,
  note,
  loud,
  children,
}: {
  name: string;
  note?: string;
  loud?: boolean;
  children: ReactNode;
}) {
  return (
    <Box>
      <Typography component="dt" variant="caption" color="textSecondary">
        {name}
      </Typography>
      <Box component="dd" sx={{ m: 0 }}>
        <Typography
          component="span"
          sx={{ fontSize: "1.0625rem", fontWeight: 650, color: loud ? "warning.main" : undefined }}
        >
          {children}
        </Typography>
        {note && (
          <Typography variant="caption" color="textSecondary" component="div">
            {note}
          </Typography>
        )}
      </Box>
    </Box>
  );
}
