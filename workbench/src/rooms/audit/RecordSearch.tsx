import { Typography } from "@mui/material";
import type { ColDef, ICellRendererParams } from "ag-grid-community";
import { useCallback } from "react";
import { useNavigate } from "react-router-dom";
import {
  type AuditAction,
  type AuditEntityType,
  type AuditRecord,
  useLazyListAuditRecordsQuery,
} from "../../api/generated/api";
import { FilterForm } from "../../kit/FilterForm";
import { dateTime, words } from "../../kit/format";
import { textColumn } from "../../kit/grid/columns";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { IdLink, PAGE_OF } from "../../kit/links";
import { MoreRows } from "../../kit/MoreRows";
import { Empty, ErrorNote } from "../../kit/states";
import { usePages } from "../../kit/usePages";
import { useUrlFilters } from "../../kit/useUrlFilters";
import { ACTIONS, ENTITY_TYPES } from "./actions";
import { differences } from "./differences";
import { EntityLink } from "./EntityLink";

const FILTERS = [
  "username",
  "action",
  "entity_type",
  "entity_id",
  "request_id",
  "date_from",
  "date_to",
] as const;
const FIELDS = [
  { name: "username", label: "User", width: 180 },
  { name: "action", label: "Action", choices: ACTIONS, width: 220 },
  { name: "entity_type", label: "About", choices: ENTITY_TYPES, width: 160 },
  { name: "entity_id", label: "Id of it", width: 230 },
  { name: "request_id", label: "Request id", width: 230 },
  { name: "date_from", label: "From (UTC)", type: "date" },
  { name: "date_to", label: "To (UTC)", type: "date" },
] as const;
const PAGE_ROWS = 100;
const GRID_HEIGHT = "max(320px, calc(100vh - 290px))";

const COLUMNS: ColDef<AuditRecord>[] = [
  textColumn("When", (record) => record.at, {
    width: 170,
    filter: false,
    cellRenderer: ({ data }: ICellRendererParams<AuditRecord>) =>
      data ? <IdLink of="audit" id={data.audit_id} label={dateTime(data.at)} /> : null,
  }),
  textColumn("User", (record) => record.username, { width: 130 }),
  textColumn("Action", (record) => words(record.action), { width: 170 }),
  textColumn("About", (record) => words(record.entity_type), { width: 110 }),
  textColumn("Id", (record) => record.entity_id, {
    width: 130,
    cellRenderer: ({ data }: ICellRendererParams<AuditRecord>) =>
      data ? <EntityLink type={data.entity_type} id={data.entity_id} /> : null,
  }),
  textColumn("What changed", changes, {
    flex: 1,
    minWidth: 220,
    tooltipValueGetter: ({ data }) => data && changes(data),
  }),
  textColumn("Address", (record) => record.address, { width: 110 }),
  textColumn("Day and number", (record) => `${record.day} ${record.sequence}`, { width: 140 }),
];

function changes(record: AuditRecord): string {
  return differences(record.before, record.after)
    .filter(({ change }) => change !== "SAME")
    .map(({ path, before, after }) =>
      before === null ? `${path} ${after}` : `${path} ${before} → ${after ?? "removed"}`,
    )
    .join(", ");
}

/** Who did what, when: searched by the server, newest first. */
export function RecordSearch() {
  const navigate = useNavigate();
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const [list] = useLazyListAuditRecordsQuery();
  const read = useCallback(
    async (cursor: string | undefined) => {
      const page = await list({
        cursor,
        limit: PAGE_ROWS,
        username: filters.username || undefined,
        action: (filters.action || undefined) as AuditAction | undefined,
        entityType: (filters.entity_type || undefined) as AuditEntityType | undefined,
        entityId: filters.entity_id || undefined,
        requestId: filters.request_id || undefined,
        dateFrom: filters.date_from || undefined,
        dateTo: filters.date_to || undefined,
      }).unwrap();
      return { rows: page.audit_records, next: page.next_cursor };
    },
    [list, filters],
  );
  const { rows, next, error, busy, more, again } = usePages<AuditRecord>(read);
  return (
    <>
      <FilterForm fields={FIELDS} values={filters} onSearch={setFilters} />
      {error !== null && <ErrorNote error={error} onRetry={again} title="The records could not be read" />}
      {rows?.length === 0 ? (
        <Empty title="No record matches">Filters hold together: clear some, or choose other days.</Empty>
      ) : (
        (rows || error === null) && (
          <>
            <LazyGrid<AuditRecord>
              label="Audit records"
              rows={rows}
              columns={COLUMNS}
              rowId={(record) => record.audit_id}
              onOpen={(record) => navigate(PAGE_OF.audit(record.audit_id))}
              height={GRID_HEIGHT}
            />
            {rows && <MoreRows shown={rows.length} what="records" next={next} busy={busy} onMore={more} />}
          </>
        )
      )}
      <Typography variant="caption" color="textSecondary">
        Times are those of this machine; days of the chain are in UTC.
      </Typography>
    </>
  );
}
