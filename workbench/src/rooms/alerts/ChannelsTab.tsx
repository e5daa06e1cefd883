import { Button } from "@mui/material";
import type { ColDef } from "ag-grid-community";
import { useMemo, useState } from "react";
import { type Channel, useListAlertChannelsQuery } from "../../api/generated/api";
import { dateTime } from "../../kit/format";
import { textColumn } from "../../kit/grid/columns";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import type { RowAction } from "../../kit/grid/RowMenu";
import { Empty, ErrorNote } from "../../kit/states";
import { KINDS, RULES, SEVERITIES, targetWords, timesWords } from "./alertWords";
import { ChannelDialog } from "./ChannelDialog";
import { DeleteChannelDialog } from "./DeleteChannelDialog";
import { TestChannelDialog } from "./TestChannelDialog";

const GRID_HEIGHT = "max(320px, calc(100vh - 240px))";

const COLUMNS: ColDef<Channel>[] = [
  textColumn<Channel>("Name", ({ name }) => name, { width: 160, pinned: "left" }),
  textColumn<Channel>("State", ({ enabled }) => (enabled ? "On" : "Off"), { width: 90 }),
  textColumn<Channel>("Kind", ({ kind }) => KINDS[kind], { width: 100 }),
  textColumn<Channel>("To", targetWords, { flex: 1, minWidth: 240 }),
  textColumn<Channel>("Least severity", ({ severity }) => SEVERITIES[severity], { width: 130 }),
  textColumn<Channel>("Rules", ({ rules }) => rules.map((rule) => RULES[rule]).join(", ") || "All", {
    width: 180,
  }),
  textColumn<Channel>("Groups", ({ groups }) => groups.join(", ") || "All", { width: 130 }),
  textColumn<Channel>("When", timesWords, { width: 250 }),
  textColumn<Channel>("Changed", ({ updated_at }) => updated_at, {
    width: 165,
    valueFormatter: ({ value }) => dateTime(value as string),
  }),
  textColumn<Channel>("By", ({ updated_by }) => updated_by, { width: 120 }),
];

type Open = { what: "ADD" } | { what: "EDIT" | "TEST" | "DELETE"; channel: Channel };

/** Who is told of alerts outside of the workbench. */
export default function ChannelsTab() {
  const { data, error, refetch } = useListAlertChannelsQuery();
  const [open, setOpen] = useState<Open | null>(null);
  const hasNone = data?.channels.length === 0;
  const menu = useMemo(
    () => ({
      name: ({ name }: Channel) => `channel ${name}`,
      actions: (channel: Channel): RowAction[] => [
        { label: "Edit…", onClick: () => setOpen({ what: "EDIT", channel }) },
        { label: "Send a test…", onClick: () => setOpen({ what: "TEST", channel }) },
        { label: "Delete…", tone: "error", onClick: () => setOpen({ what: "DELETE", channel }) },
      ],
    }),
    [],
  );
  const add = (
    <Button variant="contained" onClick={() => setOpen({ what: "ADD" })}>
      Add channel
    </Button>
  );
  return (
    <>
      <LazyGrid<Channel>
        label="Channels"
        layout="alert-channels"
        toolbar={!hasNone && add}
        instead={
          !data && error !== undefined ? (
            <ErrorNote error={error} onRetry={refetch} title="The channels cannot be read" />
          ) : (
            hasNone && (
              <Empty title="No channels yet" action={add}>
                Alerts are in the workbench alone. A channel tells of them by e-mail, or calls a webhook.
              </Empty>
            )
          )
        }
        rows={data?.channels}
        columns={COLUMNS}
        rowId={({ channel_id }) => channel_id}
        onOpen={(channel) => setOpen({ what: "EDIT", channel })}
        menu={menu}
        height={GRID_HEIGHT}
      />
      {open && <OpenDialog open={open} onClose={() => setOpen(null)} />}
    </>
  );
}

function OpenDialog({ open, onClose }: { open: Open; onClose: () => void }) {
  if (open.what === "ADD") return <ChannelDialog channel={null} onClose={onClose} />;
  const Dialog = { EDIT: ChannelDialog, TEST: TestChannelDialog, DELETE: DeleteChannelDialog }[open.what];
  return <Dialog channel={open.channel} onClose={onClose} />;
}
