import { Button, Stack, TextField } from "@mui/material";
import { useCallback, useState } from "react";
import { useNavigate } from "react-router-dom";
import { type AdministeredUser, useLazyListUsersQuery } from "../../../api/generated/api";
import { dateTime, words } from "../../../kit/format";
import { textColumn } from "../../../kit/grid/columns";
import { LazyGrid } from "../../../kit/grid/LazyGrid";
import { IdLink, PAGE_OF } from "../../../kit/links";
import { MoreRows } from "../../../kit/MoreRows";
import { ErrorNote } from "../../../kit/states";
import { usePages } from "../../../kit/usePages";
import { AddUserDialog } from "./AddUserDialog";

const COLUMNS = [
  textColumn<AdministeredUser>("User", (user) => user.username, {
    pinned: "left",
    width: 160,
    cellRenderer: ({ data }: { data?: AdministeredUser }) =>
      data && <IdLink of="user" id={data.id} label={data.username} />,
  }),
  textColumn<AdministeredUser>("State", (user) => (user.active ? "active" : "disabled"), { width: 100 }),
  textColumn<AdministeredUser>("Roles", (user) => user.roles.map(words).join(", "), { width: 220 }),
  textColumn<AdministeredUser>("Single permissions", (user) => user.granted.join(", "), { width: 220 }),
  textColumn<AdministeredUser>("Groups", (user) => user.groups?.join(", ") ?? "all", { width: 160 }),
  textColumn<AdministeredUser>("Login", (user) => (user.has_password ? "password" : "single sign-on"), {
    width: 120,
  }),
  textColumn<AdministeredUser>(
    "Locked",
    (user) => (user.locks.length > 0 ? `until ${dateTime(user.locks[0]?.until)}` : ""),
    { width: 170 },
  ),
  textColumn<AdministeredUser>("Added", (user) => dateTime(user.created_at), { flex: 1, minWidth: 170 }),
];

const rowId = (user: AdministeredUser) => user.id;

export function UsersPart() {
  const [list] = useLazyListUsersQuery();
  const [name, setName] = useState("");
  const [adding, setAdding] = useState(false);
  const navigate = useNavigate();
  const read = useCallback(
    async (cursor: string | undefined) => {
      const page = await list({ cursor, name: name.trim() || undefined, limit: 100 }).unwrap();
      return { rows: page.users, next: page.next_cursor };
    },
    [list, name],
  );
  const { rows, next, error, busy, more, again } = usePages(read);
  const open = useCallback((user: AdministeredUser) => navigate(PAGE_OF.user(user.id)), [navigate]);
  return (
    <>
      <Stack direction="row" spacing={1.5} sx={{ mb: 1.5, alignItems: "center" }}>
        <TextField label="Part of the name" value={name} onChange={(event) => setName(event.target.value)} />
        <Button variant="contained" onClick={() => setAdding(true)}>
          Add user
        </Button>
      </Stack>
      {error !== null && <ErrorNote error={error} onRetry={again} />}
      <LazyGrid<AdministeredUser>
        label="Users"
        rows={rows}
        columns={COLUMNS}
        rowId={rowId}
        onOpen={open}
        height={460}
        emptyText="No user has such a name"
      />
      <MoreRows shown={rows?.length ?? 0} what="users" next={next} busy={busy} onMore={more} />
      {adding && <AddUserDialog onClose={() => setAdding(false)} onAdded={open} />}
    </>
  );
}
