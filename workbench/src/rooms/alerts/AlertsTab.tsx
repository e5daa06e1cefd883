import { MenuItem, TextField } from "@mui/material";
import { useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router-dom";
import {
  type Alert,
  type AlertState,
  type RuleName,
  type Severity,
  useListAlertsQuery,
} from "../../api/generated/api";
import { count } from "../../kit/format";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import type { RowAction } from "../../kit/grid/RowMenu";
import { PAGE_OF } from "../../kit/links";
import { Empty, ErrorNote } from "../../kit/states";
import { useUrlFilters } from "../../kit/useUrlFilters";
import { usePermission } from "../../session/usePermission";
import { AcknowledgeDialog } from "./AcknowledgeDialog";
import { ALERT_COLUMNS } from "./alertColumns";
import { RULES, SEVERITIES, STATES } from "./alertWords";

const FILTERS = ["state", "severity", "rule"] as const;
type Filters = Record<(typeof FILTERS)[number], string>;
const ALL = "ALL";
const MOST = 200;
const POLL_MILLISECONDS = 15_000;
const GRID_HEIGHT = "max(320px, calc(100vh - 240px))";

/** What the address asks for: open ones, unless it says otherwise. */
function wanted({ state, severity, rule }: Filters) {
  return {
    ...(state !== ALL && { state: (state in STATES ? state : "OPEN") as AlertState }),
    ...(severity in SEVERITIES && { severity: severity as Severity }),
    ...(rule in RULES && { rule: rule as RuleName }),
  };
}

/** Alerts, the last opened first; they refresh by themselves. */
export default function AlertsTab() {
  const [filters, change] = useUrlFilters(FILTERS);
  const { currentData, error, refetch } = useListAlertsQuery(
    { ...wanted(filters), limit: MOST },
    { pollingInterval: POLL_MILLISECONDS, skipPollingIfUnfocused: true },
  );
  const rows = currentData?.alerts;
  const [asked, setAsked] = useState<Alert | null>(null);
  const { menu, open } = useAlertMenu(setAsked);
  const isOfOpen = wanted(filters).state === "OPEN" && filters.severity === "" && filters.rule === "";
  return (
    <>
      <LazyGrid<Alert>
        label="Alerts"
        layout="alerts"
        toolbar={<FilterFields filters={filters} onChange={change} />}
        instead={
          !rows && error !== undefined ? (
            <ErrorNote error={error} onRetry={refetch} title="The alerts cannot be read" />
          ) : (
            rows?.length === 0 && (
              <Empty title={isOfOpen ? "No alert is open" : "No alert matches"}>
                {isOfOpen
                  ? "Drift, refused commits, orders of unknown outcome, old positions and the like appear here as soon as they are found."
                  : "Choose another state, severity or rule to see more."}
              </Empty>
            )
          )
        }
        rows={rows}
        columns={ALERT_COLUMNS}
        rowId={({ alert_id }) => alert_id}
        onOpen={open}
        menu={menu}
        height={GRID_HEIGHT}
        totalsText={
          rows && (currentData.next_cursor ? `The newest ${count(rows.length)}` : `All ${count(rows.length)}`)
        }
      />
      {asked && <AcknowledgeDialog alert={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

function useAlertMenu(acknowledge: (alert: Alert) => void) {
  const navigate = useNavigate();
  const may = usePermission("alerts:acknowledge");
  const latest = useRef({ acknowledge, navigate, may });
  latest.current = { acknowledge, navigate, may };
  return useMemo(() => {
    const open = ({ alert_id }: Alert) => latest.current.navigate(PAGE_OF.alert(alert_id));
    const menu = {
      name: (alert: Alert) => `alert ${RULES[alert.rule]} ${alert.subject}`,
      actions: (alert: Alert): RowAction[] => [
        {
          label: "Acknowledge…",
          disabled: whyNot(alert, latest.current.may),
          onClick: () => latest.current.acknowledge(alert),
        },
        { label: "Open its history", onClick: () => open(alert) },
        {
          label: "Open what it is about",
          disabled: alert.link === null ? "There is no page of it" : undefined,
          onClick: () => alert.link !== null && latest.current.navigate(alert.link),
        },
      ],
    };
    return { menu, open };
  }, []);
}

/** Why an alert cannot be acknowledged. */
function whyNot({ state, acknowledged_by }: Alert, may: boolean): string | undefined {
  if (!may) return "It needs alerts:acknowledge";
  if (state === "ACKNOWLEDGED") return `${acknowledged_by ?? "Somebody"} has acknowledged it`;
  return state === "RESOLVED" ? "It is resolved" : undefined;
}

function FilterFields({
  filters,
  onChange,
}: {
  filters: Filters;
  onChange: (changes: Partial<Filters>) => void;
}) {
  const select = (name: keyof Filters, label: string, choices: Record<string, string>, none?: string) => (
    <TextField
      select
      label={label}
      value={filters[name] in choices ? filters[name] : ""}
      onChange={(event) => onChange({ [name]: event.target.value })}
      sx={{ minWidth: 140 }}
      slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
    >
      <MenuItem value="">{none ?? "All"}</MenuItem>
      {Object.entries(choices).map(([value, words]) => (
        <MenuItem key={value} value={value}>
          {words}
        </MenuItem>
      ))}
    </TextField>
  );
  const { OPEN, ...others } = STATES;
  return (
    <>
      {select("state", "State", { ...others, [ALL]: "All" }, OPEN)}
      {select("severity", "Severity", SEVERITIES)}
      {select("rule", "Rule", RULES)}
    </>
  );
}
