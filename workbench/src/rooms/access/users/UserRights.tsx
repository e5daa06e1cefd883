import { Button, Stack, Typography } from "@mui/material";
import { useState } from "react";
import {
  type AdministeredUser,
  useGrantUserMutation,
  useRevokeUserMutation,
  useSetUserGroupsMutation,
} from "../../../api/generated/api";
import { ErrorNote } from "../../../kit/states";
import { noticed } from "../../../shell/noticesSlice";
import { useAppDispatch } from "../../../store";
import { GroupChoice, PermissionChoice, RoleChoice } from "./choices";
import { rightsDifference } from "./rights";

/** Roles, single permissions and groups. They hold from the user's next request. */
export function UserRights({ user, disabled }: { user: AdministeredUser; disabled: boolean }) {
  const dispatch = useAppDispatch();
  const [roles, setRoles] = useState(user.roles);
  const [granted, setGranted] = useState(user.granted);
  const [groups, setGroups] = useState(user.groups ?? []);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [grant] = useGrantUserMutation();
  const [revoke] = useRevokeUserMutation();
  const [limit] = useSetUserGroupsMutation();
  const difference = rightsDifference(user, { roles, granted });
  const limited = groups.join("\n") !== (user.groups ?? []).join("\n");
  const changed = difference.grant !== null || difference.revoke !== null || limited;

  const save = async () => {
    setBusy(true);
    setError(null);
    const userId = user.id;
    try {
      // Each names the version that it was read or left at: what another administrator changed meanwhile is a conflict.
      let { version } = user;
      if (difference.revoke)
        ({ version } = await revoke({ userId, grants: { ...difference.revoke, version } }).unwrap());
      if (difference.grant)
        ({ version } = await grant({ userId, grants: { ...difference.grant, version } }).unwrap());
      if (limited)
        await limit({ userId, groups: { groups: groups.length > 0 ? groups : null, version } }).unwrap();
      dispatch(noticed({ severity: "success", message: `The rights of ${user.username} are changed` }));
    } catch (caught) {
      setError(caught);
    }
    setBusy(false);
  };

  return (
    <Stack spacing={2}>
      <Typography variant="h2">Rights</Typography>
      {error !== null && <ErrorNote error={error} title="Not everything was changed" />}
      <RoleChoice value={roles} onChange={setRoles} />
      <PermissionChoice value={granted} onChange={setGranted} />
      <GroupChoice value={groups} onChange={setGroups} />
      <Stack direction="row" spacing={1.5} sx={{ alignItems: "center" }}>
        <Button
          variant="contained"
          disabled={disabled || !changed}
          loading={busy}
          onClick={() => void save()}
        >
          Save rights
        </Button>
        {!changed && (
          <Typography variant="body2" color="textSecondary">
            Nothing is changed.
          </Typography>
        )}
      </Stack>
    </Stack>
  );
}
