import { Box, Button, Checkbox, FormControlLabel, MenuItem, TextField, Typography } from "@mui/material";
import type { GridApi } from "ag-grid-community";
import { useMemo, useState } from "react";
import { Link, useNavigate } from "react-router-dom";
import type { Standing } from "../../api/generated/api";
import { count } from "../../kit/format";
import { GroupSelect } from "../../kit/GroupSelect";
import { GridBar } from "../../kit/grid/GridBar";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { PAGE_OF } from "../../kit/links";
import { Empty, ErrorNote, Loading } from "../../kit/states";
import { useUrlFilters } from "../../kit/useUrlFilters";
import { DIMENSIONS, standingsWords } from "./driftWords";
import { StateThem } from "./NoTargets";
import { standingColumns } from "./standingColumns";
import { useGetStandingsQuery } from "./useStandings";

const FILTERS = ["group", "dimension", "all"] as const;

/** Accounts out of band, the worst first. */
export default function OutOfBandTab() {
  const [{ group, dimension, all }, setFilters] = useUrlFilters(FILTERS);
  const { data, error, isFetching, refetch } = useGetStandingsQuery({ group, dimension });
  return (
    <>
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1.5, alignItems: "center", mb: 1.5 }}>
        <GroupSelect value={group} onChange={(value) => setFilters({ group: value })} />
        <TextField
          select
          label="Targets by"
          value={dimension}
          onChange={(event) => setFilters({ dimension: event.target.value })}
          sx={{ minWidth: 150 }}
          slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
        >
          <MenuItem value="">All</MenuItem>
          {Object.entries(DIMENSIONS).map(([value, name]) => (
            <MenuItem key={value} value={value}>
              {name}
            </MenuItem>
          ))}
        </TextField>
        <FormControlLabel
          control={
            <Checkbox
              checked={all !== ""}
              onChange={(_event, checked) => setFilters({ all: checked ? "1" : "" })}
            />
          }
          label="Also accounts within their bands"
        />
        {group && (
          <Button component={Link} to={PAGE_OF.groupDrift(group)}>
            Show {group} as a whole
          </Button>
        )}
      </Box>
      {error ? (
        <ErrorNote error={error} onRetry={refetch} title="The drift could not be read" />
      ) : !data || isFetching ? (
        <Loading label="Measuring the accounts" height="60vh" />
      ) : data.length === 0 ? (
        <Empty
          title={group ? `No targets are stated for ${group} or its accounts` : "No targets are stated yet"}
          action={<StateThem scope="GROUP" id={group} />}
        >
          Drift is measured from targets: shares of NAV by class, or years of duration, each with a band that
          is left alone.
        </Empty>
      ) : (
        <Standings rows={data} all={all !== ""} />
      )}
    </>
  );
}

function Standings({ rows, all }: { rows: readonly Standing[]; all: boolean }) {
  const navigate = useNavigate();
  const [filter, setFilter] = useState("");
  const [grid, setGrid] = useState<GridApi<Standing> | null>(null);
  const shown = useMemo(
    () => (all ? rows : rows.filter(({ needs_rebalancing, worst }) => needs_rebalancing || worst === null)),
    [rows, all],
  );
  const columns = useMemo(() => standingColumns(shown), [shown]);
  return (
    <>
      <Typography role="status" sx={{ fontWeight: 600, mb: 1 }}>
        {standingsWords(rows)}
      </Typography>
      {shown.length > 0 && (
        <>
          <GridBar filter={filter} onFilter={setFilter} grid={grid} />
          <LazyGrid<Standing>
            label="Accounts against their targets"
            rows={shown}
            columns={columns}
            rowId={({ account_id, dimension }) => `${account_id} ${dimension}`}
            onOpen={({ account_id }) => navigate(PAGE_OF.accountDrift(account_id))}
            height="max(320px, calc(100vh - 330px))"
            quickFilter={filter}
            onReady={setGrid}
            totalsText={`${count(shown.length)} ${shown.length === 1 ? "line" : "lines"}`}
          />
        </>
      )}
    </>
  );
}
