import { Alert } from "@mui/material";
import type { ColDef } from "ag-grid-community";
import { useCallback, useState } from "react";
import { type Activity, useLazyListActivityQuery } from "../../api/generated/api";
import { FilterForm } from "../../kit/FilterForm";
import { count, dateTime } from "../../kit/format";
import { numberColumn, textColumn } from "../../kit/grid/columns";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { MoreRows } from "../../kit/MoreRows";
import { Empty, ErrorNote } from "../../kit/states";
import { usePages } from "../../kit/usePages";
import { useUrlFilters } from "../../kit/useUrlFilters";

const FILTERS = ["username", "endpoint", "status", "date_from", "date_to"] as const;
const FIELDS = [
  { name: "username", label: "User" },
  { name: "endpoint", label: "Route", width: 240 },
  { name: "status", label: "HTTP status", type: "number", width: 120 },
  { name: "date_from", label: "From", type: "date" },
  { name: "date_to", label: "To", type: "date" },
] as const;
const PAGE_ROWS = 100;
const GRID_HEIGHT = "max(320px, calc(100vh - 290px))";

const COLUMNS: ColDef<Activity>[] = [
  textColumn("When", (each) => each.at, {
    width: 170,
    filter: false,
    valueFormatter: ({ value }) => dateTime(value as string),
  }),
  textColumn("User", (each) => each.username ?? "Nobody", { width: 140 }),
  textColumn("Method", (each) => each.method, { width: 90 }),
  textColumn("Route", (each) => each.endpoint, { flex: 1, minWidth: 260 }),
  numberColumn("Status", (each) => each.status, String, { width: 90 }),
  numberColumn("Milliseconds", (each) => each.duration_ms, count, { width: 120 }),
  textColumn("Request id", (each) => each.request_id, { width: 300 }),
];

/** Every request to the service, by user: what was asked for, not what it said. */
export default function ActivityTab() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const [list] = useLazyListActivityQuery();
  const [dropped, setDropped] = useState(0);
  const read = useCallback(
    async (cursor: string | undefined) => {
      const page = await list({
        cursor,
        limit: PAGE_ROWS,
        username: filters.username || undefined,
        endpoint: filters.endpoint || undefined,
        status: filters.status ? Number(filters.status) : undefined,
        dateFrom: filters.date_from || undefined,
        dateTo: filters.date_to || undefined,
      }).unwrap();
      setDropped(page.dropped);
      return { rows: page.activity, next: page.next_cursor };
    },
    [list, filters],
  );
  const { rows, next, error, busy, more, again } = usePages<Activity>(read);
  return (
    <>
      <FilterForm fields={FIELDS} values={filters} onSearch={setFilters} />
      {dropped > 0 && (
        <Alert severity="warning" sx={{ mb: 1 }}>
          {count(dropped)} requests were not kept since the service began, because too many waited.
        </Alert>
      )}
      {error !== null && <ErrorNote error={error} onRetry={again} title="The activity could not be read" />}
      {rows?.length === 0 ? (
        <Empty title="No request matches">Filters hold together: clear some, or choose other days.</Empty>
      ) : (
        (rows || error === null) && (
          <>
            <LazyGrid<Activity>
              label="User activity"
              rows={rows}
              columns={COLUMNS}
              rowId={(each) => `${each.at} ${each.request_id}`}
              height={GRID_HEIGHT}
            />
            {rows && <MoreRows shown={rows.length} what="requests" next={next} busy={busy} onMore={more} />}
          </>
        )
      )}
    </>
  );
}
