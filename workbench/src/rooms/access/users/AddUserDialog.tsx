import { Button, Dialog, DialogActions, DialogContent, DialogTitle, Stack, TextField } from "@mui/material";
import { Controller, useForm } from "react-hook-form";
import {
  type AdministeredUser,
  type Permission,
  type Role,
  useAddUserMutation,
} from "../../../api/generated/api";
import { fieldErrors } from "../../../api/problems";
import { ErrorNote } from "../../../kit/states";
import { GroupChoice, PermissionChoice, RoleChoice } from "./choices";

export function AddUserDialog({
  onClose,
  onAdded,
}: {
  onClose: () => void;
  onAdded: (user: AdministeredUser) => void;
}) {
  const [add, { error, isLoading }] = useAddUserMutation();
  const refused = fieldErrors(error);
  const { register, control, handleSubmit, formState } = useForm({
    defaultValues: {
      username: "",
      password: "",
      roles: [] as Role[],
      permissions: [] as Permission[],
      groups: [] as string[],
    },
  });
  const submit = handleSubmit(async ({ username, password, roles, permissions, groups }) => {
    const answer = await add({
      addUser: {
        username,
        password: password || null,
        roles,
        permissions,
        groups: groups.length > 0 ? groups : null,
      },
    });
    if (answer.data) onAdded(answer.data);
  });
  return (
    <Dialog open fullWidth maxWidth="sm" onClose={onClose} aria-labelledby="add-user">
      <form noValidate onSubmit={submit}>
        <DialogTitle id="add-user">Add user</DialogTitle>
        <DialogContent>
          <Stack spacing={2} sx={{ pt: 1 }}>
            {error && <ErrorNote error={error} title="The user was not added" />}
            <TextField
              {...register("username", { required: "Type a user name." })}
              label="User name"
              autoFocus
              autoComplete="off"
              error={!!(formState.errors.username ?? refused.username)}
              helperText={formState.errors.username?.message ?? refused.username}
            />
            <TextField
              {...register("password")}
              label="First password"
              type="password"
              autoComplete="new-password"
              error={!!refused.password}
              helperText={refused.password ?? "Empty: the user logs in by single sign-on alone"}
            />
            <Controller control={control} name="roles" render={({ field }) => <RoleChoice {...field} />} />
            <Controller
              control={control}
              name="permissions"
              render={({ field }) => <PermissionChoice {...field} />}
            />
            <Controller control={control} name="groups" render={({ field }) => <GroupChoice {...field} />} />
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" variant="contained" loading={isLoading}>
            Add user
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
