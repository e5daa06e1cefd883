import { Box, MenuItem, TextField, Typography } from "@mui/material";
import type { ColDef, GridApi } from "ag-grid-community";
import { useState } from "react";
import { useNavigate } from "react-router-dom";
import {
  type AccountFairness,
  type AllocationMethod,
  type Fairness,
  useReportFairnessQuery,
} from "../../api/generated/api";
import { DownloadButtons } from "../../kit/DownloadButtons";
import { basisPoints, count, face, money, percent, price, signed, words } from "../../kit/format";
import { idColumn, numberColumn, textColumn } from "../../kit/grid/columns";
import { GridBar } from "../../kit/grid/GridBar";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { PAGE_OF } from "../../kit/links";
import { Empty, ErrorNote, Loading } from "../../kit/states";
import { useUrlFilters } from "../../kit/useUrlFilters";
import { PeriodBar } from "./PeriodBar";
import { usePeriod } from "./usePeriod";

const FILTERS = ["method"] as const;
const METHODS: readonly AllocationMethod[] = ["PRO_RATA", "CUSTOM_WEIGHTS", "MIN_DISPERSION"];

/** How fairly what was filled was shared: amounts, prices, and first-day gains by account. */
export default function FillsTab() {
  const { asked, params } = usePeriod();
  const [{ method }, setFilters] = useUrlFilters(FILTERS);
  const { data, error, isFetching, refetch } = useReportFairnessQuery({
    ...asked,
    method: (method || undefined) as AllocationMethod | undefined,
  });
  return (
    <>
      <PeriodBar>
        <TextField
          select
          label="Method"
          value={method}
          onChange={(event) => setFilters({ method: event.target.value })}
          sx={{ width: 160 }}
          slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
        >
          <MenuItem value="">Any</MenuItem>
          {METHODS.map((each) => (
            <MenuItem key={each} value={each}>
              {words(each)}
            </MenuItem>
          ))}
        </TextField>
        <DownloadButtons
          of="the fairness of fills"
          files={(["csv", "xlsx"] as const).map((format) => ({
            label: format.toUpperCase(),
            url: "reports/fairness",
            params: { ...params, method: method || undefined, format },
          }))}
        />
      </PeriodBar>
      {error ? (
        <ErrorNote error={error} onRetry={refetch} title="The report could not be read" />
      ) : !data || isFetching ? (
        <Loading label="Reading the report" height="60vh" />
      ) : (
        <Report report={data} />
      )}
    </>
  );
}

const rate = (value: number | null | undefined) => percent(value);

const COLUMNS: ColDef<AccountFairness>[] = [
  idColumn("Account", "account", (each) => each.account_id, { width: 104, pinned: "left" }),
  textColumn("Name", (each) => each.account_name, { width: 200 }),
  numberColumn("Allocations", (each) => each.allocations, count, { width: 106 }),
  numberColumn("Asked", (each) => each.asked_quantity, money),
  numberColumn("Filled", (each) => each.filled_quantity, money),
  numberColumn("Entitled", (each) => each.entitled_quantity, money),
  numberColumn("Filled / entitled", (each) => each.entitlement_ratio, percent, { width: 130 }),
  numberColumn(
    "Difference",
    (each) => each.difference_quantity,
    (value) => signed(money, value),
  ),
  numberColumn("Share", (each) => each.share, percent, { width: 96 }),
  numberColumn("Entitled share", (each) => each.pro_rata_share, percent),
  numberColumn("Average price", (each) => each.average_price, price, { width: 116 }),
  numberColumn("Price against block, bp", (each) => each.price_difference_bp, basisPoints, { width: 164 }),
  numberColumn("First-day gains", (each) => each.gained, count, { width: 126 }),
  numberColumn("Of", (each) => each.gain_known, count, { width: 80 }),
  numberColumn("Gain rate", (each) => each.gain_rate, rate, { width: 100 }),
  numberColumn(
    "p-value",
    (each) => each.gain_p_value,
    (value) => (typeof value === "number" ? value.toFixed(4) : "–"),
    {
      width: 96,
    },
  ),
];

function summary(report: Fairness): string {
  const found = [
    `Allocations of which something was filled: ${count(report.allocations)}, ${face(report.filled_quantity)} of ` +
      `${face(report.asked_quantity)} face that was asked for.`,
    `First-day gains: ${count(report.gained)} of ${count(report.gain_known)} with a known first-day price (${percent(report.gain_rate)}).`,
  ];
  const also: [number, string][] = [
    [report.provisional, "Fills may still change"],
    [report.not_comparable, "Without entitlements, for their inputs were not kept"],
    [report.not_filled, "Left out, nothing filled"],
    [report.not_known, "Left out, fills by account not known or booked otherwise"],
  ];
  for (const [number, what] of also) if (number > 0) found.push(`${what}: ${count(number)}.`);
  return found.join(" ");
}

function Report({ report }: { report: Fairness }) {
  const navigate = useNavigate();
  const [filter, setFilter] = useState("");
  const [grid, setGrid] = useState<GridApi<AccountFairness> | null>(null);
  return (
    <>
      <Typography variant="body2" sx={{ maxWidth: "120ch", mb: 1.5 }}>
        {summary(report)}
      </Typography>
      {report.accounts.length === 0 ? (
        <Empty title="Nothing was filled in these days">
          Choose other days, groups or methods. The report is of fills; orders at work are in the ledger.
        </Empty>
      ) : (
        <>
          <GridBar filter={filter} onFilter={setFilter} grid={grid} />
          <LazyGrid<AccountFairness>
            label="Fills by account"
            rows={report.accounts}
            columns={COLUMNS}
            rowId={(each) => each.account_id}
            onOpen={(each) => navigate(PAGE_OF.account(each.account_id))}
            height="max(320px, calc(100vh - 300px))"
            quickFilter={filter}
            onReady={setGrid}
          />
          <Box component="p" sx={{ color: "text.secondary", fontSize: "0.75rem", m: 0, mt: 0.5 }}>
            p-value: how likely gains at least as one-sided are by chance. Of many accounts some are low by
            chance.
          </Box>
        </>
      )}
    </>
  );
}
