import type { ColDef, ICellRendererParams } from "ag-grid-community";
import type { Alert } from "../../api/generated/api";
import { count, dateTime } from "../../kit/format";
import { linkCell } from "../../kit/grid/cells";
import { numberColumn, textColumn } from "../../kit/grid/columns";
import { PAGE_OF } from "../../kit/links";
import { RULES, SEVERITIES, stateWords } from "./alertWords";
import { SeverityMark } from "./SeverityMark";

const moment = (name: string, field: (alert: Alert) => string | null) =>
  textColumn<Alert>(name, field, {
    width: 165,
    valueFormatter: ({ value }) => dateTime(value as string),
  });

/** Place of a severity, the worst first. */
function rank(alert: Alert | undefined): number {
  return alert ? Object.keys(SEVERITIES).indexOf(alert.severity) : -1;
}

export const ALERT_COLUMNS: ColDef<Alert>[] = [
  textColumn<Alert>("Severity", ({ severity }) => SEVERITIES[severity], {
    width: 130,
    pinned: "left",
    comparator: (_a, _b, a, b) => rank(a.data) - rank(b.data),
    cellRenderer: ({ data }: ICellRendererParams<Alert>) => data && <SeverityMark severity={data.severity} />,
  }),
  textColumn<Alert>("Alert", ({ text }) => text, {
    flex: 1,
    minWidth: 460,
    tooltipValueGetter: ({ data }) => data?.text,
    cellRenderer: linkCell<Alert>({
      route: ({ alert_id }) => PAGE_OF.alert(alert_id),
      text: ({ text }) => text,
      title: ({ text }) => text,
    }),
  }),
  textColumn<Alert>("State", stateWords, {
    width: 130,
    cellStyle: ({ data }) => ({ fontWeight: data?.unread ? "700" : "400" }),
  }),
  textColumn<Alert>("About", ({ subject }) => subject, {
    width: 130,
    cellRenderer: linkCell<Alert>({
      route: ({ link, alert_id }) => link ?? PAGE_OF.alert(alert_id),
      text: ({ subject }) => subject,
      title: ({ subject }) => subject,
    }),
  }),
  textColumn<Alert>("Rule", ({ rule }) => RULES[rule], { width: 190 }),
  moment("Found", ({ opened_at }) => opened_at),
  moment("Last seen", ({ last_seen_at }) => last_seen_at),
  moment("Becomes critical", ({ escalates_at }) => escalates_at),
  numberColumn<Alert>("Times", ({ count: times }) => times, count, { width: 80 }),
  textColumn<Alert>("Groups", ({ groups }) => groups.join(", "), { width: 120 }),
  textColumn<Alert>("Acknowledged by", ({ acknowledged_by }) => acknowledged_by, { width: 140 }),
  textColumn<Alert>("Note", ({ note }) => note, {
    width: 200,
    tooltipValueGetter: ({ data }) => data?.note,
  }),
  moment("Resolved", ({ resolved_at }) => resolved_at),
];
