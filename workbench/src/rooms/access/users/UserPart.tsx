import { Alert, Box, Button, Paper, Stack, TextField, Typography } from "@mui/material";
import { useState } from "react";
import { useParams } from "react-router-dom";
import {
  type AdministeredUser,
  useDisableUserMutation,
  useEnableUserMutation,
  useEndUserSessionsMutation,
  useGetUserQuery,
  useSetPasswordMutation,
  useUnlockUserMutation,
} from "../../../api/generated/api";
import { fieldErrors } from "../../../api/problems";
import { dateTime } from "../../../kit/format";
import { NotPermitted } from "../../../kit/NotPermitted";
import { Page } from "../../../kit/Page";
import { ErrorNote, Loading } from "../../../kit/states";
import { selectUser } from "../../../session/sessionSlice";
import { usePermission } from "../../../session/usePermission";
import { noticed } from "../../../shell/noticesSlice";
import { useAppDispatch, useAppSelector } from "../../../store";
import { UserRights } from "./UserRights";

/** One user, with all that an administrator may change. */
export function UserPart() {
  const { userId = "" } = useParams();
  if (!usePermission("users:manage")) return <NotPermitted title="User" permission="users:manage" />;
  return <TheUser userId={userId} />;
}

function TheUser({ userId }: { userId: string }) {
  const { data: user, error, refetch } = useGetUserQuery({ userId });
  const own = useAppSelector(selectUser)?.id === userId;
  if (error) {
    return (
      <Page title="User">
        <ErrorNote error={error} onRetry={refetch} />
      </Page>
    );
  }
  if (!user) {
    return (
      <Page title="User">
        <Loading label="Loading the user" />
      </Page>
    );
  }
  return (
    <Page
      title={user.username}
      subtitle={`${user.active ? "Active" : "Disabled"} · added ${dateTime(user.created_at)} · version ${user.version}`}
    >
      {own && (
        <Alert severity="info" variant="outlined" sx={{ mb: 2 }}>
          This is you. Another administrator has to change your rights; your password is under Sessions and
          password.
        </Alert>
      )}
      <Box
        sx={{
          display: "grid",
          gridTemplateColumns: { lg: "minmax(0, 1fr) minmax(0, 1fr)" },
          gap: 2,
          alignItems: "start",
        }}
      >
        <Paper component="section" aria-label="Rights" sx={{ p: 2 }}>
          <UserRights key={user.version} user={user} disabled={own} />
        </Paper>
        <Stack spacing={2}>
          <Paper component="section" aria-label="Login" sx={{ p: 2 }}>
            <LoginActions user={user} own={own} />
          </Paper>
          <Paper component="section" aria-label="Password" sx={{ p: 2 }}>
            <NewPassword user={user} disabled={own} />
          </Paper>
        </Stack>
      </Box>
    </Page>
  );
}

function LoginActions({ user, own }: { user: AdministeredUser; own: boolean }) {
  const dispatch = useAppDispatch();
  const [disable, disabling] = useDisableUserMutation();
  const [enable, enabling] = useEnableUserMutation();
  const [end, ending] = useEndUserSessionsMutation();
  const [unlock, unlocking] = useUnlockUserMutation();
  const error = disabling.error ?? enabling.error ?? ending.error ?? unlocking.error;
  const told = (message: string) => dispatch(noticed({ severity: "success", message }));
  const userId = user.id;
  return (
    <Stack spacing={1.5} sx={{ alignItems: "flex-start" }}>
      <Typography variant="h2">Login</Typography>
      {error && <ErrorNote error={error} />}
      {user.locks.map((lock) => (
        <Typography key={`${lock.kind} ${lock.address}`}>
          {`Locked after failed logins ${lock.address ? `from ${lock.address}` : "from anywhere"} until ${dateTime(lock.until)}; ${lock.refused} logins were refused since.`}
        </Typography>
      ))}
      <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", gap: 1 }}>
        {user.active ? (
          <Button
            variant="outlined"
            color="error"
            disabled={own}
            loading={disabling.isLoading}
            onClick={async () =>
              (await disable({ userId })).data &&
              told(`${user.username} is disabled, and all sessions are ended`)
            }
          >
            Disable
          </Button>
        ) : (
          <Button
            variant="outlined"
            loading={enabling.isLoading}
            onClick={async () => (await enable({ userId })).data && told(`${user.username} can log in again`)}
          >
            Enable
          </Button>
        )}
        <Button
          variant="outlined"
          loading={ending.isLoading}
          disabled={own}
          onClick={async () =>
            (await end({ userId })).data && told(`The sessions of ${user.username} are ended`)
          }
        >
          End sessions
        </Button>
        <Button
          variant="outlined"
          loading={unlocking.isLoading}
          disabled={user.locks.length === 0}
          onClick={async () => (await unlock({ userId })).data && told(`${user.username} can log in at once`)}
        >
          Unlock
        </Button>
      </Stack>
      {user.locks.length === 0 && (
        <Typography variant="body2" color="textSecondary">
          No failed logins hold this user.
        </Typography>
      )}
    </Stack>
  );
}

function NewPassword({ user, disabled }: { user: AdministeredUser; disabled: boolean }) {
  const [set, { error, isLoading, isSuccess }] = useSetPasswordMutation();
  const [password, setPassword] = useState("");
  return (
    <Stack
      component="form"
      noValidate
      spacing={1.5}
      aria-label="Set password"
      onSubmit={async (event) => {
        event.preventDefault();
        const answer = await set({ userId: user.id, setPassword: { password } });
        if (!answer.error) setPassword("");
      }}
    >
      <Typography variant="h2">Set password</Typography>
      <Typography color="textSecondary">
        It ends all sessions of {user.username}. Tell it to the user yourself.
      </Typography>
      {error && <ErrorNote error={error} title="The password was not set" />}
      {isSuccess && <Typography role="status">The password is set.</Typography>}
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        value={password}
        disabled={disabled}
        onChange={(event) => setPassword(event.target.value)}
        error={fieldErrors(error).password !== undefined}
        helperText={fieldErrors(error).password}
      />
      <Button
        type="submit"
        variant="outlined"
        loading={isLoading}
        disabled={disabled || password === ""}
        sx={{ alignSelf: "flex-start" }}
      >
        Set password
      </Button>
    </Stack>
  );
}
