import { MenuItem, TextField } from "@mui/material";
import type { ColDef } from "ag-grid-community";
import { useMemo, useState } from "react";
import { type Delivery, type DeliveryState, useListAlertDeliveriesQuery } from "../../api/generated/api";
import { count, dateTime } from "../../kit/format";
import { numberColumn, textColumn } from "../../kit/grid/columns";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import type { RowAction } from "../../kit/grid/RowMenu";
import { Empty, ErrorNote } from "../../kit/states";
import { useUrlFilters } from "../../kit/useUrlFilters";
import { DELIVERY_ERRORS, DELIVERY_STATES } from "./alertWords";
import { RetryDialog } from "./RetryDialog";

const FILTERS = ["delivery"] as const;
const ALL = "ALL";
const MOST = 200;
const POLL_MILLISECONDS = 10_000;
const GRID_HEIGHT = "max(320px, calc(100vh - 240px))";

const moment = (name: string, field: (delivery: Delivery) => string | null) =>
  textColumn<Delivery>(name, field, {
    width: 165,
    valueFormatter: ({ value }) => dateTime(value as string),
  });

const COLUMNS: ColDef<Delivery>[] = [
  textColumn<Delivery>("Channel", ({ channel_name }) => channel_name, { width: 160, pinned: "left" }),
  textColumn<Delivery>("State", ({ state }) => DELIVERY_STATES[state], { width: 120 }),
  textColumn<Delivery>("Why", ({ error_code }) => error_code && DELIVERY_ERRORS[error_code], { width: 200 }),
  textColumn<Delivery>("What the receiver said", ({ error_reason }) => error_reason, {
    flex: 1,
    minWidth: 260,
    tooltipValueGetter: ({ data }) => data?.error_reason,
  }),
  numberColumn<Delivery>("Attempts", ({ attempts }) => attempts, count, { width: 100 }),
  numberColumn<Delivery>("Alerts", ({ alert_ids }) => alert_ids.length, count, { width: 90 }),
  textColumn<Delivery>("Digest", ({ is_digest }) => (is_digest ? "Yes" : "No"), { width: 90 }),
  moment("Entered", ({ created_at }) => created_at),
  moment("Due", ({ due_at, state }) => (state === "PENDING" ? due_at : null)),
  moment("Sent", ({ sent_at }) => sent_at),
];

/** Messages to channels: at first those that were given up, which an administrator may send again. */
export default function DeliveriesTab() {
  const [{ delivery }, change] = useUrlFilters(FILTERS);
  const state =
    delivery === ALL ? undefined : ((delivery in DELIVERY_STATES ? delivery : "DEAD") as DeliveryState);
  const { currentData, error, refetch } = useListAlertDeliveriesQuery(
    { state, limit: MOST },
    { pollingInterval: POLL_MILLISECONDS, skipPollingIfUnfocused: true },
  );
  const rows = currentData?.deliveries;
  const [asked, setAsked] = useState<Delivery | null>(null);
  const menu = useMemo(
    () => ({
      name: ({ channel_name, delivery_id }: Delivery) => `message to ${channel_name} ${delivery_id}`,
      actions: (row: Delivery): RowAction[] => [
        {
          label: "Send again…",
          disabled: row.state === "DEAD" ? undefined : "It was not given up",
          onClick: () => setAsked(row),
        },
      ],
    }),
    [],
  );
  return (
    <>
      <LazyGrid<Delivery>
        label="Messages to channels"
        layout="alert-messages"
        toolbar={<StateField value={delivery} onChange={(value) => change({ delivery: value })} />}
        instead={
          !rows && error !== undefined ? (
            <ErrorNote error={error} onRetry={refetch} title="The messages cannot be read" />
          ) : (
            rows?.length === 0 && <NoMessages state={state} />
          )
        }
        rows={rows}
        columns={COLUMNS}
        rowId={({ delivery_id }) => delivery_id}
        menu={menu}
        height={GRID_HEIGHT}
        totalsText={
          rows && (currentData.next_cursor ? `The newest ${count(rows.length)}` : `All ${count(rows.length)}`)
        }
      />
      {asked && <RetryDialog delivery={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

function NoMessages({ state }: { state: DeliveryState | undefined }) {
  if (state !== "DEAD") return <Empty title="No message matches">Choose another state to see more.</Empty>;
  return (
    <Empty title="No message was given up">
      A message that no attempt could deliver is listed here until it is sent again.
    </Empty>
  );
}

function StateField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { DEAD, ...others } = DELIVERY_STATES;
  const choices: Record<string, string> = { ...others, [ALL]: "All" };
  return (
    <TextField
      select
      label="State"
      value={value in choices ? value : ""}
      onChange={(event) => onChange(event.target.value)}
      sx={{ minWidth: 150 }}
      slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
    >
      <MenuItem value="">{DEAD}</MenuItem>
      {Object.entries(choices).map(([state, words]) => (
        <MenuItem key={state} value={state}>
          {words}
        </MenuItem>
      ))}
    </TextField>
  );
}
